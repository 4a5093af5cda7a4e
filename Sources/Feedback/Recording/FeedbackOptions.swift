import Ranking

/// How feedback is recorded and folded.
public struct FeedbackOptions: Sendable {
  /// Hardens the readers' tables against chosen ids.
  public var seed: UInt64 = 0
  /// How many events may wait for the disk; at about 64 bytes in the log and 40 here, 7 MiB.
  public var pendingLimit = 65_536
  /// What the folded state may hold.
  public var fold = FoldLimits()
  /// Bytes of answers that are kept for feedback to name.
  public var servedBytes = ServedRankings.defaultBytes
  /// How many threads answer, each with its share of those bytes.
  public var workers = 1
  /// Unix seconds; engagements are counted from here on, since the model knows those before. 0: all are.
  public var modelAsOf: UInt32 = 0
  /// The contextual policy that ranks with what is learned here; nil: another policy ranks.
  public var contextual: ContextualTerm?
  /// This node's names among replicas.
  public var identity = NodeIdentity(node: 0)
  /// Whether the log is shipped to other replicas: then it keeps what was not, see ``FeedbackService/release(through:)``.
  public var isShared = false
  /// The file that keeps the folded state; nil: it is folded from the whole log at each start.
  public var snapshotPath: String?
  /// Entries after which a snapshot is written; one more is written at the end.
  public var snapshotPeriod: UInt64 = 1 << 20
  /// How much of the log is kept although a snapshot holds it.
  public var retention = LogRetention()

  /// The defaults: no snapshots.
  public init() {}
}
