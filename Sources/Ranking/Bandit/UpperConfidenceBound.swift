import Glibc

/// UCB1: the arm whose mean reward, with a bonus for what is still unsure, is greatest.
///
/// The bound of an arm with n of N trials is mean + α·√(2·ln N / n) (Auer, Cesa-Bianchi and Fischer, "Finite-time
/// Analysis of the Multiarmed Bandit Problem", Machine Learning 2002, with α = 1; MABWiser's `UCB1`).
package struct UpperConfidenceBound: Sendable {
  /// Weight of the bonus, at least 0.
  package let alpha: Double
  /// The bound of an arm that was never tried. The paper tries each arm once, which is +∞; MABWiser has 0.
  package let untried: Double
  /// What the arms have earned.
  package private(set) var arms: ArmStatistics

  /// Arms without a trial; throws for no arm, an α that is negative or not finite, or a NaN.
  package init(arms: Int, alpha: Double = 1, untried: Double = .infinity) throws(BanditError) {
    guard alpha.isFinite, alpha >= 0 else {
      throw .badParameter(name: "alpha", value: alpha, reason: "not a finite number of at least 0")
    }
    guard !untried.isNaN else { throw .badParameter(name: "untried", value: untried, reason: "not a number") }
    self.arms = try ArmStatistics(arms: arms)
    self.alpha = alpha
    self.untried = untried
  }

  /// Each arm's bound. O(arms).
  package var expectations: [Double] {
    let spread = arms.total > 0 ? 2 * log(arms.total) : 0
    return (0..<arms.count).map { arm in
      let trials = arms.trials[arm]
      return trials > 0 ? arms.rewards[arm] / trials + alpha * (spread / trials).squareRoot() : untried
    }
  }

  /// The arm with the greatest bound, the first of several. O(arms).
  package func choose() -> ArmChoice { ArmChoice(arm: expectations.firstGreatest, propensity: 1) }

  /// Learns from one choice and its reward.
  package mutating func update(arm: Int, reward: Double) throws(BanditError) {
    try arms.update(arm: arm, reward: reward)
  }

  /// Learns from a batch; after an error nothing of it has been learned.
  package mutating func update(arms batch: [Int], rewards: [Double]) throws(BanditError) {
    try arms.update(arms: batch, rewards: rewards)
  }
}
