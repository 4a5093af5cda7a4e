/// The mean of a metric over queries, each counting alike.
package struct QueryMean: Sendable, Equatable {
  private var sum = 0.0
  /// Queries so far.
  package private(set) var count = 0

  /// Of no query yet.
  package init() {}

  /// Counts one query's value, which must be finite.
  package mutating func add(_ value: Double) throws(MetricError) {
    guard value.isFinite else { throw .badValue(name: "metric", value: value, row: count, reason: "not finite") }
    sum += value
    count += 1
  }

  /// The mean; throws for no query.
  package func value() throws(MetricError) -> Double {
    guard count > 0 else { throw .empty }
    return sum / Double(count)
  }
}
