/// What one policy did and earned, beside what another, the target, would have done: n rows, of which each chose one of
/// K actions.
package struct LoggedFeedback: Sendable {
  /// Number of actions, K.
  package let actionCount: Int
  /// The action taken in each row, in 0 ..< K.
  package let actions: [Int]
  /// What it earned.
  package let rewards: [Double]
  /// The probability with which the logging policy took it, in (0, 1].
  package let propensities: [Double]
  /// The probability with which the target policy takes each action: n × K, row after row; each row sums to 1.
  package let target: [Double]

  /// How far from 1 the sum of a target row may be.
  package static let sumTolerance = 1e-6

  /// Checks every column.
  ///
  /// - Complexity: O(n · K).
  package init(
    actions: [Int], rewards: [Double], propensities: [Double], target: [Double], actionCount: Int
  ) throws(CounterfactualError) {
    let rows = actions.count
    guard rows > 0 else { throw .empty }
    guard actionCount > 0 else {
      throw .badParameter(name: "actionCount", value: Double(actionCount), reason: "below 1")
    }
    try Self.check("rewards", rewards.count, expected: rows)
    try Self.check("propensities", propensities.count, expected: rows)
    let (cells, isTooLarge) = rows.multipliedReportingOverflow(by: actionCount)
    try Self.check("target probabilities", target.count, expected: isTooLarge ? .max : cells)
    self.actionCount = actionCount
    self.actions = actions
    self.rewards = rewards
    self.propensities = propensities
    self.target = target
    for row in 0..<rows { try checkRow(row) }
  }

  /// Number of rows, n; at least 1.
  package var count: Int { actions.count }

  private func checkRow(_ row: Int) throws(CounterfactualError) {
    guard actions[row] >= 0, actions[row] < actionCount else {
      throw .badAction(actions[row], actions: actionCount, row: row)
    }
    guard rewards[row].isFinite else { throw .badValue(name: "reward", value: rewards[row], row: row) }
    guard propensities[row] > 0, propensities[row] <= 1 else { throw .badPropensity(propensities[row], row: row) }
    var sum = 0.0
    for probability in target[row * actionCount..<(row + 1) * actionCount] {
      guard (0...1).contains(probability) else {
        throw .badDistribution(value: probability, row: row, reason: "not in 0 to 1")
      }
      sum += probability
    }
    guard (sum - 1).magnitude <= Self.sumTolerance else {
      throw .badDistribution(value: sum, row: row, reason: "the row's sum is not 1")
    }
  }

  private static func check(_ name: String, _ count: Int, expected: Int) throws(CounterfactualError) {
    guard count == expected else { throw .lengthMismatch(name: name, count: count, expected: expected) }
  }
}
