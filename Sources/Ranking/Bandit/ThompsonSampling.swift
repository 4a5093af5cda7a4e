import Kernels

/// Thompson sampling for rewards of 0 and 1: each arm's chance of reward is drawn from what is believed about it, and
/// the greatest wins (Thompson, "On the likelihood that one unknown probability exceeds another", Biometrika 1933).
///
/// The belief is Beta(α, β), starting at Beta(1, 1); α grows with each 1, β with each 0, as in MABWiser's
/// `ThompsonSampling`. Draws are this project's own, not numpy's.
package struct ThompsonSampling: Sendable {
  private var arms: ArmStatistics

  /// Arms of which nothing is known; throws for none.
  package init(arms: Int) throws(BanditError) { self.arms = try ArmStatistics(arms: arms) }

  /// Number of arms.
  package var count: Int { arms.count }

  /// Successes of an arm, and one.
  package func alpha(_ arm: Int) -> Double { 1 + arms.rewards[arm] }

  /// Failures of an arm, and one.
  package func beta(_ arm: Int) -> Double { 1 + (arms.trials[arm] - arms.rewards[arm]) }

  /// One draw from each arm's belief, each in [0, 1]. O(arms).
  package func sample(using generator: inout SeededGenerator) -> [Double] {
    var draws = [Double](repeating: 0, count: arms.count)
    for arm in draws.indices { draws[arm] = generator.beta(alpha(arm), beta(arm)) }
    return draws
  }

  /// The arm with the greatest draw. O(arms).
  package func choose(using generator: inout SeededGenerator) -> Int { sample(using: &generator).firstGreatest }

  /// Learns from one choice and its reward, 0 or 1.
  package mutating func update(arm: Int, reward: Double) throws(BanditError) {
    try Self.check(reward, row: 0)
    try arms.update(arm: arm, reward: reward)
  }

  /// Learns from a batch; after an error nothing of it has been learned.
  package mutating func update(arms batch: [Int], rewards: [Double]) throws(BanditError) {
    // Without a branch per row, which chance would make the processor guess wrong; NaN and ∞ are not 0 here either.
    var bad = 0
    for reward in rewards { bad |= reward * (reward - 1) == 0 ? 0 : 1 }
    if bad != 0 { for row in rewards.indices { try Self.check(rewards[row], row: row) } }
    try arms.update(arms: batch, rewards: rewards)
  }

  private static func check(_ reward: Double, row: Int) throws(BanditError) {
    guard reward == 0 || reward == 1 else { throw .badReward(value: reward, row: row, reason: "neither 0 nor 1") }
  }
}
