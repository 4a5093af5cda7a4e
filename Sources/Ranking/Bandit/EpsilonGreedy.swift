import Kernels

/// ε-greedy: the best arm so far, and with probability ε any arm.
///
/// On means it is the policy of Sutton and Barto ("Reinforcement Learning", 2nd ed., section 2.2) and of MABWiser's
/// `EpsilonGreedy`. On sums it is the classic of many home-grown rankers: an arm is worth the sum of its rewards,
/// which favours what has been shown most.
package struct EpsilonGreedy: Sendable {
  /// What makes an arm the best.
  package enum Worth: Sendable { case sum, mean }

  /// Probability of drawing among all arms, in [0, 1].
  package let epsilon: Double
  /// What makes an arm the best.
  package let worth: Worth
  /// What the arms have earned.
  package private(set) var arms: ArmStatistics

  /// Arms without a trial; throws for no arm or an ε outside [0, 1].
  package init(arms: Int, epsilon: Double, worth: Worth) throws(BanditError) {
    guard (0...1).contains(epsilon) else {
      throw .badParameter(name: "epsilon", value: epsilon, reason: "not in 0 to 1")
    }
    self.arms = try ArmStatistics(arms: arms)
    self.epsilon = epsilon
    self.worth = worth
  }

  /// Each arm's mean or sum of rewards; 0 where it was never tried.
  package var expectations: [Double] {
    switch worth {
    case .sum: arms.rewards
    case .mean: (0..<arms.count).map(arms.mean)
    }
  }

  /// Draws an arm; of arms equally good the first is the greedy one. O(arms).
  package func choose(using generator: inout SeededGenerator) -> ArmChoice {
    let greedy = expectations.firstGreatest
    let drawn = generator.uniform()
    let other = generator.below(arms.count)
    let arm = drawn < epsilon ? other : greedy
    return ArmChoice(arm: arm, propensity: epsilon / Double(arms.count) + (arm == greedy ? 1 - epsilon : 0))
  }

  /// Learns from one choice and its reward.
  package mutating func update(arm: Int, reward: Double) throws(BanditError) {
    try arms.update(arm: arm, reward: reward)
  }

  /// Learns from a batch; after an error nothing of it has been learned.
  package mutating func update(arms batch: [Int], rewards: [Double]) throws(BanditError) {
    try arms.update(arms: batch, rewards: rewards)
  }
}
