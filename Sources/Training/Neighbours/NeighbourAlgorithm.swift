/// The three predictors of Surprise's `knns.py`.
package enum NeighbourAlgorithm: String, Sendable, CaseIterable {
  /// Σ s·r / Σ s over the neighbours; impossible, and the mean rating, with fewer than `minNeighbours`.
  case basic = "KNNBasic"
  /// The own mean + Σ s·(r − the neighbour's mean) / Σ s.
  case withMeans = "KNNWithMeans"
  /// The baseline + Σ s·(r − the neighbour's baseline) / Σ s.
  case baseline = "KNNBaseline"
}
