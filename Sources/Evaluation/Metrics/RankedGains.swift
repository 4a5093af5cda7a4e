/// The gains of one query's items in the order of their scores, with the places where scores tie.
///
/// An item is relevant if its gain is above 0. Equal scores keep the order in which the items were given.
package struct RankedGains: Sendable {
  /// Places in which the items were given, from the first position down.
  package let order: [Int]
  /// Gains from the first position down; at least 0.
  package let gains: [Double]
  /// Ends of the runs of equal scores: ascending, the last is the number of items.
  package let tieEnds: [Int]

  /// Sorts items by score.
  ///
  /// - Parameters:
  ///   - gains: what each item is worth to the user; finite, at least 0.
  ///   - scores: finite, the same number; at least one.
  /// - Complexity: O(n log n).
  package init(gains: [Double], scores: [Double]) throws(MetricError) {
    guard !gains.isEmpty else { throw .empty }
    try MetricError.check("gains", gains, count: gains.count, isNegativeAllowed: false)
    try MetricError.check("scores", scores, count: gains.count)
    order = gains.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
    self.gains = order.map { gains[$0] }
    tieEnds = order.indices.map { $0 + 1 }.filter { [order] end in
      end == order.count || scores[order[end]] != scores[order[end - 1]]
    }
  }

  /// Number of items with a gain.
  package var relevant: Int { gains.count { $0 > 0 } }

  static func check(cutoff: Int?) throws(MetricError) {
    if let cutoff, cutoff < 1 { throw .badCutoff(cutoff) }
  }
}
