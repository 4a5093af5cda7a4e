import Kernels

/// A score's term of prior-ucb: what feedback makes of the ranker's own probability, in log odds.
///
/// The prior of a tweet is p = 1/(1 + e^−s) of its score s before this step: for models of the `ranker` recipe that is
/// the probability of an engagement; scores of the classic recipe are no log odds, and the same formula only makes a
/// number between 0 and 1 of them that keeps their order. With n trials and r engagements (the reward sum over
/// ``engagementReward``) the estimate is (n₀·p + r)/(n₀ + n), that is Beta(n₀·p, n₀·(1 − p)) after r successes in n
/// trials, and what its log odds differ from s by is the term:
///
///     ln(1 + r/(n₀·p)) − ln(1 + (n − r)/(n₀·(1 − p))) + c·√ln(1 + N)·(1/√(n₀ + n) − 1/√n₀)
///
/// That n trials should have brought n·p engagements takes the tweet to be shown to anybody, at any time. Where it is
/// known how many the ranker expected of those that it was shown to, E (``ExpectedEngagements``), n in the second
/// logarithm is E/p: as many trials of this user's probability as come to the same. The estimate then is
/// p·(n₀·p + r)/(n₀·p + E), the ranker's probability times how much better the tweet did than the ranker had thought:
/// who likes what still differs from user to user, and a tweet that ages is compared with what was expected of its age.
///
/// The last part is the upper confidence bound, in log odds too, with N the trials of all candidates of the call. A
/// bonus c·√(ln(1 + N)/n₀) of tweets without feedback would be the same for all: it is left out of every term, so that
/// theirs is exactly 0 and the ranker's order stays.
///
/// Rewards can be negative (hide, report). The first logarithm then goes on as its mirror image, −ln(1 + |r|/(n₀·p)):
/// fewer rewards always mean a lower score, and one rejection does not bury a tweet for ever. More engagements than
/// trials count as no failures, not as fewer than none.
public struct PriorTerm: Sendable, Equatable {
  /// n₀: how many trials the ranker's probability is worth.
  public var priorTrials: Float
  /// c, at least 0.
  public var bonus: Float
  /// Rewards that count as one engagement; positive.
  public var engagementReward: Float

  /// A term.
  public init(priorTrials: Float = 12, bonus: Float = 1, engagementReward: Float = Float(EventType.like.reward)) {
    (self.priorTrials, self.bonus, self.engagementReward) = (priorTrials, bonus, engagementReward)
  }

  func check() throws(BanditError) {
    try BanditError.check(priorTrials: priorTrials)
    try BanditError.check(bonus: bonus)
    guard (1e-3...1e3).contains(engagementReward) else {
      throw .badParameter(name: "unit", value: Double(engagementReward), reason: "not in 0.001 to 1000")
    }
  }

  var parameters: String { "prior=\(priorTrials),bonus=\(bonus),unit=\(engagementReward)" }

  /// Scores beyond count as this: e^±40 is still an ordinary float.
  private static let largestScore: Float = 40
  /// What 1 is added to before the logarithm is held below this: terms stay within ± 83 and the bonus.
  private static let largestRatio: Float = 1e18

  /// Column by column and eight candidates at a time, beyond the last one into what columns have beyond it.
  func compute(_ tried: TriedCandidates, scores: UnsafePointer<Float>) {
    let count = tried.count
    let odds = tried.spare.0
    let largest = Self.largestScore
    for j in 0..<count { odds[j] = min(largest, max(-largest, scores[Int(tried.places[j])])) }
    Columnwise.exponential(odds, count: count)
    ratios(tried)
    Columnwise.logOfOnePlus(tried.terms, count: count)
    Columnwise.logOfOnePlus(tried.spare.1, count: count)
    sum(tried)
  }

  /// What 1 is added to before the logarithms: for successes in the terms' place, for failures in the second spare column.
  private func ratios(_ tried: TriedCandidates) {
    let (perPrior, perEngagement) = (1 / priorTrials, 1 / engagementReward)
    let limit = SIMD8(repeating: Self.largestRatio)
    var j = 0
    while j < tried.count {
      let odds = Lanes.load(tried.spare.0, j)
      let perChance = 1 + 1 / odds
      let engagements = Lanes.load(tried.rewards, j) * perEngagement
      let size = engagements.replacing(with: -engagements, where: engagements .< 0)
      let successes = size * perPrior * perChance
      Lanes.store(successes.replacing(with: limit, where: successes .> limit), tried.terms, j)
      let expected = Lanes.load(tried.expected, j)
      let all = Lanes.load(tried.trials, j).replacing(with: expected * perChance, where: expected .> 0)
      let missed = all - engagements
      let failures = missed.replacing(with: 0, where: missed .< 0) * perPrior * (1 + odds)
      Lanes.store(failures.replacing(with: limit, where: failures .> limit), tried.spare.1, j)
      j &+= Lanes.count
    }
  }

  /// The terms, of the logarithms.
  private func sum(_ tried: TriedCandidates) {
    let spread = bonus * tried.spread
    let untried = 1 / priorTrials.squareRoot()
    var j = 0
    while j < tried.count {
      let logarithm = Lanes.load(tried.terms, j)
      let successes = logarithm.replacing(with: -logarithm, where: Lanes.load(tried.rewards, j) .< 0)
      let bonus = spread * (Lanes.inverseSquareRoots(Lanes.load(tried.trials, j) + priorTrials) - untried)
      Lanes.store(successes - Lanes.load(tried.spare.1, j) + bonus, tried.terms, j)
      j &+= Lanes.count
    }
  }
}
