import Glibc
import Kernels

/// How interactions are weighed before items are compared, as in `implicit.nearest_neighbours`.
package enum ItemWeighting: Sendable {
  /// Rows of items scaled to length 1: products are cosines.
  case cosine
  /// √value · idf, then scaled to length 1.
  case tfidf
  /// value · (k1 + 1) / (k1 · (1 − b + b · length of the item / mean length) + value) · idf (Robertson and Zaragoza,
  /// "The Probabilistic Relevance Framework: BM25 and Beyond", 2009).
  case bm25(k1: Double = 1.2, b: Double = 0.75)

  /// One weight per entry of ``Interactions/byUser``.
  ///
  /// idf of a user is ln items − ln (1 + interactions of the user). An item whose row has length 0 is left at 0, where
  /// the library divides 0 by 0.
  ///
  /// - Throws: ``ImplicitError/badValue(user:item:value:reason:)`` for a value that gives no number as weight.
  /// - Complexity: O(users + items + interactions).
  func weights(of interactions: Interactions) throws(ImplicitError) -> [Double] {
    let rows = interactions.byUser
    var weights = rows.values.map(Double.init)
    switch self {
    case .cosine: break
    case .tfidf:
      Self.forEach(rows) { user, entry in weights[entry] = weights[entry].squareRoot() * Self.idf(user, interactions) }
    case .bm25(let k1, let b):
      var lengths = [Double](repeating: 0, count: interactions.itemCount)
      for (item, weight) in zip(rows.columns, weights) { lengths[Int(item)] += weight }
      let mean = lengths.reduce(0, +) / Double(lengths.count)
      Self.forEach(rows) { user, entry in
        let length = (1 - b) + b * lengths[Int(rows.columns[entry])] / mean
        weights[entry] = weights[entry] * (k1 + 1) / (k1 * length + weights[entry]) * Self.idf(user, interactions)
      }
      return try checked(weights, of: interactions)
    }
    var squares = [Double](repeating: 0, count: interactions.itemCount)
    for (item, weight) in zip(rows.columns, weights) { squares[Int(item)] += weight * weight }
    for (entry, item) in rows.columns.enumerated() where squares[Int(item)] != 0 {
      weights[entry] /= squares[Int(item)].squareRoot()
    }
    return try checked(weights, of: interactions)
  }

  private static func idf(_ user: Int, _ interactions: Interactions) -> Double {
    log(Double(interactions.itemCount)) - log1p(Double(interactions.byUser.entries(ofRow: user).count))
  }

  private static func forEach(_ rows: SparseRows<Float>, _ body: (_ user: Int, _ entry: Int) -> Void) {
    for user in 0..<rows.rowCount {
      for entry in rows.entries(ofRow: user) { body(user, entry) }
    }
  }

  private func checked(_ weights: [Double], of interactions: Interactions) throws(ImplicitError) -> [Double] {
    guard let bad = weights.firstIndex(where: { !$0.isFinite }) else { return weights }
    let rows = interactions.byUser
    let user = (0..<rows.rowCount).first { rows.entries(ofRow: $0).contains(bad) } ?? 0
    throw .badValue(
      user: user, item: Int(rows.columns[bad]), value: rows.values[bad], reason: "\(self) gives it no weight")
  }
}
