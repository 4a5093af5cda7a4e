import Ranking

/// A call that is well formed and within the limits. Its columns and texts are views into the ``RequestArena``
/// that decoded it, valid until the arena's next reset, which is the next call decoded with it.
public struct DecodedCall {
  /// The client's id, not 0.
  public var id: UInt64
  /// The budget as asked for, any value; nil where the call names none. ``Limits/budgetMillis(requested:)`` clamps it.
  public var budgetMillis: UInt32?
  /// How much the call matters.
  public var criticality: Criticality
  /// W3C trace context, unread; at most ``Limits/traceParentBytes``.
  public var traceParent: UnsafeRawBufferPointer
  /// What to do.
  public var method: Method

  /// The methods of `service Ranking`.
  public enum Method {
    case rank(RankQuery)
    case recommend(RecommendQuery)
    case similar(SimilarQuery)
    case top(TopQuery)
    case record(EventColumns)
    case setRewards(RewardChange)
    case reload(path: UnsafeRawBufferPointer, isRollback: Bool)
    case describe
    case ping
    case authenticate

    /// Whether it ranks for a user: what is refused first where memory is short.
    public var isRanking: Bool {
      switch self {
      case .rank, .recommend: true
      default: false
      }
    }
  }
}
