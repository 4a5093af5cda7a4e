import Ranking

/// A log folded entry by entry, with the tables that a server's workers look up: for who asks a log what its server knew
/// at some place of it. Equal entries give equal bits, here and there.
///
/// Confined to one thread.
public final class OfflineFold {
  private let state: FoldedState
  private let publisher: FoldPublisher

  /// Before any entry. `modelAsOf` is up to when the model was trained that looks, in Unix seconds: engagements before,
  /// it knows; 0: it does not look at times.
  public init(modelAsOf: UInt32 = 0, limits: FoldLimits = FoldLimits()) {
    state = FoldedState(limits: limits)
    publisher = FoldPublisher(state, seed: 0, since: modelAsOf)
  }

  /// The arms as of the last ``publish()``.
  public var arms: ArmTable { publisher.arms }
  /// What was engaged with since the model was trained, likewise.
  public var tweets: LiveTweets { publisher.tweets }
  /// What users did last, as of the last entry.
  public var users: LiveUsers { state.users }
  /// What events are worth, likewise.
  public var weights: RewardWeights { state.weights }
  /// What a contextual policy has learned, as of the last entry.
  public var contextual: ContextualState { state.contextual }

  /// Folds the next entry.
  public func apply(_ entry: LogEntry) { state.apply(entry) }

  /// Brings what was folded into the tables.
  /// - Complexity: O(entries since the last time); O(tweets) where what events are worth has changed.
  public func publish() { publisher.publish() }
}
