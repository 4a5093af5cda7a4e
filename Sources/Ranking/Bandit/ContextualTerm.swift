import Kernels

/// A score's term of LinUCB: what one regression over a few features of all candidates, learned from feedback, makes of
/// the ranker's probability, and a bonus where it has seen little.
///
/// The bound y = θ·x + α·√(x·A⁻¹x) (``ContextualScoring``) is in engagements a trial; the term is ℓ(y) − ℓ(p), where p is
/// the ranker's probability and ℓ the log odds between ``floor`` and 1 − ``floor``, and their tangents beyond: y may be
/// negative or above 1, and a small probability that is a little off must not become an impossible one. Without a single
/// trial every term is 0.
public struct ContextualTerm: Sendable, Equatable {
  /// α, at least 0.
  public var bonus: Float
  /// λ: how many trials the regression begins with; and n₀ of the estimate among the features.
  public var priorTrials: Float
  /// Rewards that count as one engagement; positive.
  public var engagementReward: Float

  /// A term.
  public init(bonus: Float = 0.1, priorTrials: Float = 12, engagementReward: Float = Float(EventType.like.reward)) {
    (self.bonus, self.priorTrials, self.engagementReward) = (bonus, priorTrials, engagementReward)
  }

  func check() throws(BanditError) {
    try PriorTerm(priorTrials: priorTrials, bonus: bonus, engagementReward: engagementReward).check()
  }

  var parameters: String { "bonus=\(bonus),prior=\(priorTrials),unit=\(engagementReward)" }

  /// Where log odds go on as their tangent.
  static let floor: Float = 0.02
  /// y is held within this.
  private static let largestBound: Float = 3

  /// Writes the features, and adds each candidate's term to its score. O(candidates · features²).
  func adjust(_ scratch: RankScratch, _ scoring: ContextualScoring?) {
    writeFeatures(scratch)
    guard let scoring, scoring.hasLearned else { return }
    let (bounds, bases, spare) = (scratch.bandit.column(2), scratch.bandit.column(3), scratch.bandit.column(4))
    let (terms, chances, count) = (scratch.terms(of: .bandit), scratch.bandit.feature(2), scratch.count)
    bound(scratch, scoring, into: bounds)
    bases.update(from: chances, count: count)
    Self.logOdds(bounds, count, spare)
    Self.logOdds(bases, count, spare)
    for i in 0..<count {
      terms[i] = bounds[i] - bases[i]
      scratch.scores[i] += terms[i]
    }
  }

  /// Writes the features of all candidates (``ContextualFeatures``).
  func writeFeatures(_ scratch: RankScratch) {
    let count = scratch.count
    let (constant, logOdds, chances) = (
      scratch.bandit.feature(0), scratch.bandit.feature(1), scratch.bandit.feature(2)
    )
    let (estimates, trials) = (scratch.bandit.feature(3), scratch.bandit.feature(4))
    let (scores, rewards, expected) = (scratch.scores, scratch.armRewards, scratch.armExpected)
    for i in 0..<count {
      let score = min(32, max(-32, scores[i]))
      (constant[i], logOdds[i], chances[i]) = (1, score * 0.125, score)
      trials[i] = rewards[i].isFinite ? Float(scratch.armTrials[i]) : 0
    }
    Columnwise.exponential(chances, count: count)
    let (perEngagement, n) = (1 / engagementReward, priorTrials)
    for i in 0..<count {
      let p = chances[i] / (1 + chances[i])
      let isTried = trials[i] > 0
      let engagements = isTried ? rewards[i] * perEngagement : 0
      let hoped = isTried && expected[i] > 0 ? expected[i] : p * trials[i]
      chances[i] = p
      estimates[i] = max(-4, min(4, p * (n * p + engagements) / (n * p + hoped)))
    }
    Columnwise.logOfOnePlus(trials, count: count)
    for i in 0..<count { trials[i] *= 0.125 }
    guard scratch.moment != nil else { return }
    for (feature, signal, scale) in [(5, Signal.age, Float(0.25)), (6, .trendingSixHours, 0.25), (7, .interests, 1)] {
      let (values, column) = (scratch.values(signal.rawValue), scratch.bandit.feature(feature))
      for i in 0..<count { column[i] = values[i] == values[i] ? values[i] * scale : 0 }
    }
  }

  /// θ·x + α·|L⁻¹x| of each candidate.
  private func bound(_ scratch: RankScratch, _ scoring: ContextualScoring, into bounds: UnsafeMutablePointer<Float>) {
    scoring.coefficients.withUnsafeBufferPointer { coefficients in
      scoring.inverse.withUnsafeBufferPointer { inverse in
        Columnwise.upperBounds(
          features: scratch.bandit.feature(0), stride: scratch.bandit.stride, count: scratch.count,
          coefficients: coefficients, triangle: inverse, bonus: bonus, bound: Self.largestBound, into: bounds)
      }
    }
  }

  /// Makes each y into ℓ(y) and a constant.
  private static func logOdds(
    _ column: UnsafeMutablePointer<Float>, _ count: Int, _ beyond: UnsafeMutablePointer<Float>
  ) {
    let slope = 1 / (floor * (1 - floor))
    for i in 0..<count {
      let y = column[i]
      let held = min(1 - floor, max(floor, y))
      // Odds are at least 1/49: as 1 + x with an x that is not negative, they are 64 times as much.
      column[i] = 64 * held / (1 - held) - 1
      beyond[i] = (y - held) * slope
    }
    Columnwise.logOfOnePlus(column, count: count)
    for i in 0..<count { column[i] += beyond[i] }
  }
}
