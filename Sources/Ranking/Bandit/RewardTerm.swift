/// A score's term for what a tweet has earned, mean or sum: what ε-greedy exploits.
public struct RewardTerm: Sendable, Equatable {
  /// What a tweet is worth for its feedback.
  public enum Worth: String, Sendable, CaseIterable {
    /// rewards / (trials + priorTrials): the mean reward, shrunk towards 0 until the tweet has been shown a few times.
    case mean
    /// The sum of its rewards: the classic, which favours what has been shown most.
    case sum
  }

  /// What a tweet is worth for its feedback.
  public var worth: Worth
  /// What a worth of 1 adds to a score; finite.
  public var weight: Float
  /// Impressions without reward that every tweet starts with; for means only.
  public var priorTrials: Float

  /// A term.
  public init(worth: Worth = .mean, weight: Float = 5, priorTrials: Float = 10) {
    (self.worth, self.weight, self.priorTrials) = (worth, weight, priorTrials)
  }

  func check() throws(BanditError) {
    try BanditError.check(weight: weight)
    try BanditError.check(priorTrials: priorTrials)
  }

  var parameters: String {
    switch worth {
    case .mean: "weight=\(weight),prior=\(priorTrials)"
    case .sum: "weight=\(weight)"
    }
  }

  func compute(_ tried: TriedCandidates) {
    let (trials, rewards, terms) = (tried.trials, tried.rewards, tried.terms)
    switch worth {
    case .mean: for j in 0..<tried.count { terms[j] = weight * rewards[j] / (trials[j] + priorTrials) }
    case .sum: for j in 0..<tried.count { terms[j] = weight * rewards[j] }
    }
  }
}
