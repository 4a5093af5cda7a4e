/// ε-greedy on what feedback has taught: what it adds to a score, and how often the order departs from the scores.
///
/// A tweet's term is `weight` times what ``exploits`` makes of its rewards. With probability ε a call explores: one
/// position, ``slot``, is given to a candidate drawn uniformly from all that are not above it, and the ones between
/// move down by one.
public struct BanditPolicy: Sendable, Equatable {
  /// What a tweet is worth for its feedback.
  public enum Exploits: String, Sendable, CaseIterable {
    /// rewards / (trials + priorTrials): the mean reward, shrunk towards 0 until the tweet has been shown a few times.
    case mean
    /// The sum of its rewards: the classic, which favours what has been shown most.
    case classic
    /// Nothing: feedback is recorded, but does not change scores.
    case off
  }

  /// What a tweet is worth for its feedback.
  public var exploits: Exploits
  /// Probability of exploring, in [0, 1].
  public var epsilon: Double
  /// 1-based position that exploration fills; the last position where the answer is shorter.
  public var slot: Int
  /// What a worth of 1 adds to a score.
  public var weight: Float
  /// Impressions without reward that every tweet starts with; positive. For means only.
  public var priorTrials: Float

  /// A policy; values outside their ranges are a programming error.
  public init(
    exploits: Exploits = .mean, epsilon: Double = 0.05, slot: Int = 3, weight: Float = 5, priorTrials: Float = 10
  ) {
    precondition((0...1).contains(epsilon) && slot >= 1 && weight.isFinite && priorTrials > 0)
    self.exploits = exploits
    self.epsilon = epsilon
    self.slot = slot
    self.weight = weight
    self.priorTrials = priorTrials
  }

  /// Says in replies which policy and parameters chose; changes whenever they do.
  public var version: String {
    switch exploits {
    case .mean: "epsilon-greedy-mean/epsilon=\(epsilon),slot=\(slot),weight=\(weight),prior=\(priorTrials)"
    case .classic: "epsilon-greedy-sum/epsilon=\(epsilon),slot=\(slot),weight=\(weight)"
    case .off: "epsilon-greedy-off/epsilon=\(epsilon),slot=\(slot)"
    }
  }

  /// The bandit's term of one tweet, held within what a signal may contribute: the score stays finite.
  func term(trials: UInt32, rewards: Float) -> Float {
    guard trials > 0, rewards.isFinite else { return 0 }
    let term: Float
    switch exploits {
    case .mean: term = weight * rewards / (Float(trials) + priorTrials)
    case .classic: term = weight * rewards
    case .off: term = 0
    }
    let bound = Blend.largestContribution
    return min(bound, max(-bound, term))
  }

  /// Adds each candidate's term to its score. `scratch.armTrials` and `armRewards` hold the arms' statistics.
  public func adjust(_ scratch: RankScratch) {
    let (terms, values) = (scratch.terms(of: .bandit), scratch.values(of: .bandit))
    for i in 0..<scratch.count {
      let (trials, rewards) = (scratch.armTrials[i], scratch.armRewards[i])
      (values[i], terms[i]) = (0, 0)
      // Most tweets have no feedback: they cost no division.
      guard trials > 0 else { continue }
      let mean = rewards / Float(trials)
      if mean.isFinite { values[i] = mean }
      terms[i] = term(trials: trials, rewards: rewards)
      scratch.scores[i] += terms[i]
    }
  }
}
