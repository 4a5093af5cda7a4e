/// Why a metric has no value for what it was given. Every description names the offending value.
package enum MetricError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Nothing to measure.
  case empty
  /// Columns that should have the same length.
  case lengthMismatch(name: String, count: Int, expected: Int)
  /// A score, weight or gain that no number may be compared with, or outside its range.
  case badValue(name: String, value: Double, row: Int, reason: String)
  /// The metric compares positives with negatives, and one of them is not there or has no weight.
  case oneClass(metric: String, positives: Double, negatives: Double)
  /// A cutoff below 1.
  case badCutoff(Int)

  /// One line for people.
  package var description: String {
    switch self {
    case .empty: "nothing to measure: no rows"
    case .lengthMismatch(let name, let count, let expected): "\(count) \(name) for \(expected) labels"
    case .badValue(let name, let value, let row, let reason): "row \(row): \(name) \(value): \(reason)"
    case .oneClass(let metric, let positives, let negatives):
      "\(metric) has no value: the positives weigh \(positives), the negatives \(negatives)"
    case .badCutoff(let k): "a cutoff of \(k) positions is below 1"
    }
  }

  /// Throws for a column of another length, or with a value that is not finite or, on demand, negative.
  static func check(
    _ name: String, _ values: [Double], count: Int, isNegativeAllowed: Bool = true
  ) throws(MetricError) {
    guard values.count == count else {
      throw .lengthMismatch(name: name, count: values.count, expected: count)
    }
    for (row, value) in values.enumerated() {
      guard value.isFinite else { throw .badValue(name: name, value: value, row: row, reason: "not finite") }
      guard isNegativeAllowed || value >= 0 else {
        throw .badValue(name: name, value: value, row: row, reason: "negative")
      }
    }
  }
}
