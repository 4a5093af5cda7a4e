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

  /// Column by column and eight candidates at a time.
  func compute(_ tried: TriedCandidates, scores: UnsafePointer<Float>) {
    let (count, terms, (odds, failures)) = (tried.count, tried.terms, tried.spare)
    let largest = Self.largestScore
    for j in 0..<count { odds[j] = min(largest, max(-largest, scores[Int(tried.places[j])])) }
    Columnwise.exponential(odds, count: count)
    Columnwise.feedbackRatios(
      odds: odds, rewards: tried.rewards, trials: tried.trials, expected: tried.expected, count: count,
      priorTrials: priorTrials, engagementReward: engagementReward, limit: Self.largestRatio, successes: terms,
      failures: failures)
    Columnwise.logOfOnePlus(terms, count: count)
    Columnwise.logOfOnePlus(failures, count: count)
    Columnwise.feedbackTerms(
      terms, failures: failures, rewards: tried.rewards, trials: tried.trials, count: count, priorTrials: priorTrials,
      bonus: bonus * tried.spread)
  }
}
