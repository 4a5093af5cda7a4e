/// Why a calibration could not be learned or applied. Every description names the offending value.
package enum CalibrationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Nothing to learn from: no rows.
  case empty
  /// A column of the wrong length.
  case lengthMismatch(name: String, count: Int, expected: Int)
  /// A value that is not finite, or a negative weight.
  case badValue(name: String, value: Double, row: Int, reason: String)
  /// Both classes are needed, and one is not there or has no weight.
  case oneClass(positives: Double, negatives: Double)
  /// A threshold separates the classes, so that without a penalty or smoothing the steepest slope is the best.
  case separable
  /// No row has a weight.
  case zeroWeight(rows: Int)
  /// A parameter outside its range.
  case badParameter(name: String, value: Double, reason: String)
  /// The optimum was not reached: it is at infinity, or the values are too large to compute with.
  case notConverged(iterations: Int, gradient: Double)
  /// A value outside the range that was learned from, where that is to be refused.
  case outOfBounds(value: Double, lower: Double, upper: Double)

  /// One line for people.
  package var description: String {
    switch self {
    case .empty: "nothing to calibrate with: no rows"
    case .lengthMismatch(let name, let count, let expected): "\(count) \(name), expected \(expected)"
    case .badValue(let name, let value, let row, let reason): "row \(row): \(name) \(value): \(reason)"
    case .oneClass(let positives, let negatives):
      "both classes are needed: the positives weigh \(positives), the negatives \(negatives)"
    case .separable: "a threshold separates the classes: without smoothing there is no best slope"
    case .zeroWeight(let rows): "none of \(rows) rows has a weight above 0"
    case .badParameter(let name, let value, let reason): "\(name) = \(value): \(reason)"
    case .notConverged(let iterations, let gradient):
      "no optimum after \(iterations) iterations, the gradient is \(gradient): are the values too large?"
    case .outOfBounds(let value, let lower, let upper): "\(value) is outside of \(lower) to \(upper)"
    }
  }

  /// Throws for a column of another length, or with a value that is not finite or, on demand, negative.
  static func check(
    _ name: String, _ values: [Double], count: Int, width: Int = 1, isNegativeAllowed: Bool = true
  ) throws(CalibrationError) {
    guard values.count == count else { throw .lengthMismatch(name: name, count: values.count, expected: count) }
    for (place, value) in values.enumerated() {
      guard value.isFinite else {
        throw .badValue(name: name, value: value, row: place / max(width, 1), reason: "not finite")
      }
      guard isNegativeAllowed || value >= 0 else {
        throw .badValue(name: name, value: value, row: place / max(width, 1), reason: "negative")
      }
    }
  }
}
