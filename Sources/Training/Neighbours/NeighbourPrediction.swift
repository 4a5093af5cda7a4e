/// A predicted rating.
package struct NeighbourPrediction: Sendable, Equatable {
  /// Not clipped to the scale of ratings.
  package var estimate: Double
  /// Whether the estimate is only the mean rating: user or item unknown, or, with ``NeighbourAlgorithm/basic``, too few
  /// neighbours.
  package var wasImpossible: Bool
  /// Neighbours with positive similarity that took part; nil where none were looked for.
  package var neighbours: Int?
}
