/// Why a bandit refused what it was given. Every description names the offending value.
public enum BanditError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A bandit chooses among at least one arm.
  case noArms(count: Int)
  /// A parameter outside its range.
  case badParameter(name: String, value: Double, reason: String)
  /// An arm's number outside 0 ..< `arms`; `row` counts within the batch.
  case armOutOfRange(arm: Int, arms: Int, row: Int)
  /// A reward that the bandit cannot learn from.
  case badReward(value: Double, row: Int, reason: String)
  /// A context value that is not a number in ±``greatest``; `position` counts within the whole batch.
  case badContext(value: Double, position: Int)
  /// Columns of one batch that should have the same length, or a context of another width.
  case lengthMismatch(name: String, count: Int, expected: Int)

  /// One line for people.
  public var description: String {
    switch self {
    case .noArms(let count): "a bandit needs at least one arm, not \(count)"
    case .badParameter(let name, let value, let reason): "bandit parameter \(name) = \(value): \(reason)"
    case .armOutOfRange(let arm, let arms, let row): "row \(row): arm \(arm) is not in 0 ..< \(arms)"
    case .badReward(let value, let row, let reason): "row \(row): reward \(value): \(reason)"
    case .badContext(let value, let position):
      "context value \(value) at position \(position) is not a number in ±1e100"
    case .lengthMismatch(let name, let count, let expected): "\(count) \(name), expected \(expected)"
    }
  }

  /// Rewards and context values may not be larger: sums of 10^100 squares of them are still finite.
  static let greatest = 1e100

  /// Throws unless `reward` is a number in ±``greatest``.
  static func check(reward: Double, row: Int) throws(BanditError) {
    guard reward.magnitude <= greatest else {
      throw .badReward(value: reward, row: row, reason: "not a number in ±1e100")
    }
  }
}
