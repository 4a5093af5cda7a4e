import Artifact
import Ranking

/// Records feedback: one writer thread, one log, and the state folded from it.
///
/// Batches from all threads that wait at the same time share one append, so one `fdatasync`. Each is folded after it is
/// durable, published to ``arms``, ``tweets`` and ``users``, and completed after that, in the order of submission.
public final class FeedbackService: @unchecked Sendable {
  /// The arms as of the last durable event.
  public let arms: ArmTable
  /// What was engaged with since the model was trained.
  public let tweets: LiveTweets
  /// What is engaged with most; at most a second old.
  public let trending: TrendingTweets
  /// What users did last.
  public let users: LiveUsers
  /// What was answered lately. Workers add; feedback that names one makes it part of the log.
  public let served: ServedRankings
  /// What the log held at the start, behind the snapshot if there was one.
  public let replayed: ReplaySummary
  /// What was found at the start and not used, in one sentence; nil: nothing.
  public let note: String?
  /// This node's names among replicas, as of the start.
  public let identity: NodeIdentity
  /// Up to where the shared stream had been read at the start, as ``follow(_:node:streamPosition:completion:)`` was told.
  public let streamPosition: String
  /// By node: its last entry that had been folded at the start.
  public let cursors: [UInt64: UInt64]

  private let writer: FeedbackWriter
  private let contextual: Published<ContextualScoring>?

  /// Folds snapshot and log, then starts the writer, which from now on is the only user of the log.
  ///
  /// `learner` learns from what is recorded from now on. Throws what the log's replay throws.
  public init(
    log: any FeedbackLog, options: FeedbackOptions = FeedbackOptions(), learner: OnlineLearner? = nil
  ) throws(FeedbackError) {
    let identity = options.identity
    let found = options.snapshotPath.map { SnapshotKeeper.read($0, of: identity, limits: options.fold) }
    let state = found?.state ?? FoldedState(limits: options.fold)
    note = found?.note
    let folded = state.ownSequence
    state.take(identity)
    replayed = try log.replay(after: folded) { entry, sequence in
      state.apply(entry, node: identity.node(of: sequence), sequence: sequence)
    }
    state.cursors[identity.node] = replayed.lastSequence
    self.identity = identity
    streamPosition = state.streamPosition
    cursors = state.cursors
    let publisher = FoldPublisher(
      state, seed: options.seed, contextual: options.contextual, since: options.modelAsOf)
    (arms, tweets, users) = (publisher.arms, publisher.tweets, state.users)
    contextual = publisher.contextual
    trending = publisher.trending
    served = ServedRankings(bytes: options.servedBytes, workers: options.workers)
    writer = FeedbackWriter(
      log: log, state: state, publisher: publisher, served: served, learner: learner, options: options,
      replayed: replayed, snapshotAt: found?.writtenAt)
    try writer.start()
  }

  deinit { close() }

  /// A worker's copy of what the contextual policy has learned.
  public struct ScoringCopy {
    fileprivate var copy: Published<ContextualScoring>.Copy?
    /// As of the last ``FeedbackService/refresh(_:)``; nil before the first, and where no contextual policy ranks.
    public var scoring: ContextualScoring? { copy?.value }

    /// Before the first refresh.
    public init() {}
  }

  /// Brings a copy up to date; cheap where nothing has changed. Any thread.
  public func refresh(_ copy: inout ScoringCopy) { contextual?.refresh(&copy.copy) }

  /// Events that were folded: of this log, and of others that are followed. Any thread.
  public var eventsRecorded: UInt64 { writer.eventsRecorded }

  /// The log's sequence number of the last entry. Any thread.
  public var lastSequence: UInt64 { writer.lastSequence }

  /// Why the last snapshot could not be written; nil: it could. After ``close()``.
  public var snapshotFailure: ArtifactError? { writer.snapshotFailure }

  /// Records events. Any thread; never waits for the disk.
  ///
  /// `completion` is called once: with what became of the events, on the writer's thread, after all are durable
  /// and folded; or with the log's error there; or, before this returns and on the caller's thread, with
  /// ``FeedbackError/queueFull(limit:)`` or ``FeedbackError/closed``. On an error none of the events is acknowledged.
  /// It must not block.
  public func submit(
    _ events: [FeedbackEvent], completion: @escaping @Sendable (Result<RecordedEvents, FeedbackError>) -> Void
  ) { enqueue(.events(events), completion) }

  /// Sets what events are worth from now on, durably; all arms change. Completes as ``submit(_:completion:)`` does.
  ///
  /// `seconds` is now, in Unix time: of settings at several nodes the latest counts.
  public func set(
    _ change: RewardChange, atSeconds seconds: Int64,
    completion: @escaping @Sendable (Result<RecordedEvents, FeedbackError>) -> Void
  ) { enqueue(.rewards(change, atSeconds: seconds), completion) }

  /// What events are worth. Any thread.
  public var rewards: RewardWeights { writer.rewards.change { $0 } }

  /// Numbers for who watches. Any thread.
  public var counters: FeedbackCounters {
    FeedbackCounters(
      arms: arms.count, tweets: tweets.count, users: users.count, served: served.count,
      duplicates: writer.duplicates.load(ordering: .relaxed), unmatched: writer.unmatched.load(ordering: .relaxed),
      snapshotAtSeconds: writer.snapshotAtSeconds)
  }

  /// Folds entries of another node's log, ascending in sequence; those that were folded before are skipped. Rankings of
  /// ours that they name become part of our log. `streamPosition` is kept with the state.
  public func follow(
    _ entries: [(entry: LogEntry, sequence: UInt64)], node: UInt64, streamPosition: String,
    completion: @escaping @Sendable (Result<RecordedEvents, FeedbackError>) -> Void
  ) { enqueue(.followed(entries, node: node, streamPosition: streamPosition), completion) }

  /// Durable entries of our log, for other nodes. Any thread.
  public func readLog(after sequence: UInt64, maxBytes: Int) throws(FeedbackError) -> LogSlice {
    try writer.log.read(after: sequence, maxBytes: maxBytes)
  }

  /// Lets the log give back entries up to number `sequence`, which others have; asked for only where it is shared.
  public func release(through sequence: UInt64) { writer.release(through: sequence) }

  /// Our log has other names from now on, which are sure to be found at the next start
  /// (``NodeIdentity/renamed(base:folder:)``).
  public func rename(
    to identity: NodeIdentity, completion: @escaping @Sendable (Result<RecordedEvents, FeedbackError>) -> Void
  ) { enqueue(.renamed(identity), completion) }

  /// What learns a correction of the served model's blend; nil: nothing does. Any thread.
  public var learner: OnlineLearner? { writer.learner.change { $0 } }

  /// Goes over to another model: counts engagements from `asOf` on, in Unix seconds, up to when it was trained, and
  /// learns with its `learner`, after the one before has saved what it has. Completes as ``submit(_:completion:)`` does, but
  /// never for lack of room.
  public func serve(
    asOf: UInt32, learner: OnlineLearner?,
    completion: @escaping @Sendable (Result<RecordedEvents, FeedbackError>) -> Void
  ) { enqueue(.model(asOf: asOf, learner: learner), completion) }

  private func enqueue(
    _ task: FeedbackWork.Task, _ completion: @escaping @Sendable (Result<RecordedEvents, FeedbackError>) -> Void
  ) {
    if let error = writer.enqueue(FeedbackWork(task: task, completion: completion)) { completion(.failure(error)) }
  }

  /// Refuses new work, does what waits, saves what was learned and folded, closes the log, and returns when that is done.
  /// Idempotent.
  ///
  /// From inside a completion it only asks for that and returns at once.
  public func close() { writer.close() }

  /// Makes ``close()`` wait for nothing, wherever it is called: for a process that ends although its disk hangs. Nothing
  /// that was acknowledged is lost.
  public func abandon() { writer.abandon() }
}
