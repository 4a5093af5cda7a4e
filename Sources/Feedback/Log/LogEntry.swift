import Ranking

/// One thing that the log keeps.
public enum LogEntry: Equatable, Sendable {
  /// What a user did. `isUnmatched`: when it was recorded, it named a ranking that this server did not know, or a tweet
  /// that the ranking had not shown.
  case event(FeedbackEvent, isUnmatched: Bool)
  /// What a user was shown; written once, right before the first event that names it.
  case ranking(LoggedRanking)
  /// What events are worth from now on.
  case rewards(RewardWeights)
}
