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
  /// Throws unless `weight` is a number that a score can be multiplied with.
  static func check(weight: Float) throws(BanditError) {
    guard weight.isFinite else { throw .badParameter(name: "weight", value: Double(weight), reason: "not finite") }
  }

  /// Throws unless so many trials can be believed in beforehand.
  static func check(priorTrials: Float) throws(BanditError) {
    guard (0.01...1e6).contains(priorTrials) else {
      throw .badParameter(name: "prior", value: Double(priorTrials), reason: "not in 0.01 to 1000000")
    }
  }

  /// Throws unless `bonus` is a factor for a confidence bound.
  static func check(bonus: Float) throws(BanditError) {
    guard (0...100).contains(bonus) else {
      throw .badParameter(name: "bonus", value: Double(bonus), reason: "not in 0 to 100")
    }
  }
}
