/// ε-greedy on mean reward: what feedback adds to a score, and how often the order departs from the scores.
///
/// The term of a tweet is weight · rewards / (trials + priorTrials): its mean reward, shrunk towards 0 until it has
/// been shown a few times. With probability ε a call explores: one position, ``slot``, is given to a candidate drawn
/// uniformly from all that are not above it, and the ones between move down by one.
public struct BanditPolicy: Sendable, Equatable {
  /// Probability of exploring, in [0, 1].
  public var epsilon: Double
  /// 1-based position that exploration fills; the last position where the answer is shorter.
  public var slot: Int
  /// What a mean reward of 1 adds to a score.
  public var weight: Float
  /// Impressions without reward that every tweet starts with; positive.
  public var priorTrials: Float

  /// A policy; values outside their ranges are a programming error.
  public init(epsilon: Double = 0.05, slot: Int = 3, weight: Float = 5, priorTrials: Float = 10) {
    precondition((0...1).contains(epsilon) && slot >= 1 && weight.isFinite && priorTrials > 0)
    self.epsilon = epsilon
    self.slot = slot
    self.weight = weight
    self.priorTrials = priorTrials
  }

  /// Says in replies which policy and parameters chose; changes whenever they do.
  public var version: String {
    "epsilon-greedy-mean/epsilon=\(epsilon),slot=\(slot),weight=\(weight),prior=\(priorTrials)"
  }

  /// The bandit's term of one tweet, held within what a signal may contribute: the score stays finite.
  func term(trials: UInt32, rewards: Float) -> Float {
    guard trials > 0, rewards.isFinite else { return 0 }
    let bound = Blend.largestContribution
    return min(bound, max(-bound, weight * rewards / (Float(trials) + priorTrials)))
  }

  /// Adds each candidate's term to its score. `scratch.armTrials` and `armRewards` hold the arms' statistics.
  public func adjust(_ scratch: RankScratch) {
    for i in 0..<scratch.count {
      let term = term(trials: scratch.armTrials[i], rewards: scratch.armRewards[i])
      scratch.banditTerms[i] = term
      scratch.scores[i] += term
    }
  }
}
