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

  /// Of several values at once.
  init(_ values: [Double]) throws(MetricError) {
    for value in values { try add(value) }
  }

  /// The mean; nil for no query.
  var ifAny: Double? { count > 0 ? sum / Double(count) : nil }

  /// The mean; throws for no query.
  package func value() throws(MetricError) -> Double {
    guard let mean = ifAny else { throw .empty }
    return mean
  }
}
