/// How much is kept of feedback, and what came of it; each number as of its own moment.
public struct FeedbackCounters: Equatable, Sendable {
  /// Tweets with trials or rewards.
  public var arms: Int
  /// Tweets with engagements that the served model does not know of.
  public var tweets: Int
  /// Users whose last doings are known.
  public var users: Int
  /// Answers that feedback has not named yet, and may.
  public var served: Int
  /// Events since the start that were not recorded again.
  public var duplicates: UInt64
  /// Events since the start that were recorded and did not count then.
  public var unmatched: UInt64
  /// When the last snapshot was written, in Unix seconds; 0: there is none that can be used.
  public var snapshotAtSeconds: Int64
}
