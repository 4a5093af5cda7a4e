import CIntrinsics

/// What the bandit's terms are made of. All columns have room up to the next multiple of eight, and what is beyond their
/// end is written too; none overlaps another, except where it is said.
extension Columnwise {
  /// How engagements and failures compare with what a prior of `priorTrials` trials says: for odds o, rewards r, trials n and
  /// expected engagements E, with the prior's successes s = priorTrials · o/(1 + o), failures f = priorTrials/(1 + o) and
  /// e = r/`engagementReward` engagements
  ///
  ///     successes = |e| / s
  ///     failures = max(0, (E > 0 ? E·(1 + o)/o : n) − e) / f
  ///
  /// both at most `limit`.
  /// - Complexity: O(count).
  public static func feedbackRatios(
    odds: UnsafeMutablePointer<Float>, rewards: UnsafeMutablePointer<Float>, trials: UnsafeMutablePointer<Float>,
    expected: UnsafeMutablePointer<Float>, count: Int, priorTrials: Float, engagementReward: Float, limit: Float,
    successes: UnsafeMutablePointer<Float>, failures: UnsafeMutablePointer<Float>
  ) {
    let (perPrior, perEngagement, limit) = (1 / priorTrials, 1 / engagementReward, SIMD8(repeating: limit))
    var j = 0
    while j < count {
      let odds = Dense.loadBlock(odds, j)
      let perChance = 1 + 1 / odds
      let engagements = Dense.loadBlock(rewards, j) * perEngagement
      let size = engagements.replacing(with: -engagements, where: engagements .< 0)
      let success = size * perPrior * perChance
      Dense.storeBlock(success.replacing(with: limit, where: success .> limit), successes, j)
      let expected = Dense.loadBlock(expected, j)
      let all = Dense.loadBlock(trials, j).replacing(with: expected * perChance, where: expected .> 0)
      let missed = all - engagements
      let failure = missed.replacing(with: 0, where: missed .< 0) * perPrior * (1 + odds)
      Dense.storeBlock(failure.replacing(with: limit, where: failure .> limit), failures, j)
      j &+= lanes
    }
  }

  /// Replaces each term by its size with the sign of the reward, less the failures, and by how much less sure
  /// 1/√(`priorTrials` + trials) is than without trials, times `bonus`.
  /// - Complexity: O(count).
  public static func feedbackTerms(
    _ terms: UnsafeMutablePointer<Float>, failures: UnsafeMutablePointer<Float>, rewards: UnsafeMutablePointer<Float>,
    trials: UnsafeMutablePointer<Float>, count: Int, priorTrials: Float, bonus: Float
  ) {
    let untried = 1 / priorTrials.squareRoot()
    var j = 0
    while j < count {
      let size = Dense.loadBlock(terms, j)
      let successes = size.replacing(with: -size, where: Dense.loadBlock(rewards, j) .< 0)
      let surprise = bonus * (inverseSquareRoots(Dense.loadBlock(trials, j) + priorTrials) - untried)
      Dense.storeBlock(successes - Dense.loadBlock(failures, j) + surprise, terms, j)
      j &+= lanes
    }
  }

  /// Writes `weight` times the mean reward, with `priorTrials` trials that brought none, and the same bonus.
  /// - Complexity: O(count).
  public static func meanRewards(
    _ rewards: UnsafeMutablePointer<Float>, trials: UnsafeMutablePointer<Float>, count: Int, priorTrials: Float,
    weight: Float, bonus: Float, into terms: UnsafeMutablePointer<Float>
  ) {
    let untried = 1 / priorTrials.squareRoot()
    var j = 0
    while j < count {
      let all = Dense.loadBlock(trials, j) + priorTrials
      let surprise = bonus * (inverseSquareRoots(all) - untried)
      Dense.storeBlock(weight * (Dense.loadBlock(rewards, j) / all + surprise), terms, j)
      j &+= lanes
    }
  }

  /// 1/√x of each.
  @inline(__always)
  private static func inverseSquareRoots(_ x: SIMD8<Float>) -> SIMD8<Float> {
    SIMD8(lowHalf: apus_inverse_square_roots(x.lowHalf), highHalf: apus_inverse_square_roots(x.highHalf))
  }
}
