/// Why a log says nothing about another policy. Every description names the offending value.
package enum CounterfactualError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A log without rows.
  case empty
  /// A column of the wrong length.
  case lengthMismatch(name: String, count: Int, expected: Int)
  /// A reward or prediction that is not finite.
  case badValue(name: String, value: Double, row: Int)
  /// An action outside 0 ..< `actions`.
  case badAction(Int, actions: Int, row: Int)
  /// A propensity that is not in (0, 1]: what was logged cannot have had it.
  case badPropensity(Double, row: Int)
  /// A row of the target policy that is no distribution: a probability outside [0, 1], or a sum other than 1.
  case badDistribution(value: Double, row: Int, reason: String)
  /// The target policy takes this action with this mean probability, but the log never shows it.
  case missingSupport(action: Int, mass: Double)
  /// The target policy would have taken none of the logged actions.
  case noOverlap(rows: Int)
  /// An estimator's parameter outside its range.
  case badParameter(name: String, value: Double, reason: String)

  /// One line for people.
  package var description: String {
    switch self {
    case .empty: "the log has no rows"
    case .lengthMismatch(let name, let count, let expected): "\(count) \(name), expected \(expected)"
    case .badValue(let name, let value, let row): "row \(row): \(name) \(value) is not finite"
    case .badAction(let action, let actions, let row): "row \(row): action \(action) is not in 0 ..< \(actions)"
    case .badPropensity(let value, let row): "row \(row): propensity \(value) is not above 0 and at most 1"
    case .badDistribution(let value, let row, let reason): "row \(row): target probability \(value): \(reason)"
    case .missingSupport(let action, let mass):
      "the log never shows action \(action), which the target policy takes with probability \(mass)"
    case .noOverlap(let rows): "the target policy takes none of the actions logged in \(rows) rows"
    case .badParameter(let name, let value, let reason): "\(name) = \(value): \(reason)"
    }
  }
}
