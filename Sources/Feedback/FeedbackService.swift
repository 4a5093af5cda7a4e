import Ranking

/// Records feedback: one writer thread, one log, and the state folded from it.
///
/// Batches from all threads that wait at the same time share one append, so one `fdatasync`. Each is applied to
/// ``arms`` after it is durable and completed after it is applied, in the order of submission.
public final class FeedbackService: @unchecked Sendable {
  /// How many events may wait for the disk; at 64 bytes in the log and 40 here, about 7 MiB.
  public static let defaultPendingLimit = 65_536

  /// The arms as of the last durable event.
  public let arms: ArmTable
  /// What the log held at the start.
  public let replayed: ReplaySummary

  /// What learns a correction of the blend; nil: nothing does.
  public let learner: OnlineLearner?

  private let writer: FeedbackWriter

  /// Replays the log into the arms, then starts the writer, which from now on is the only user of the log.
  ///
  /// `armSeed` hardens the arms' table against chosen ids; `learner` learns from what is recorded from now on. Throws what
  /// the log's replay throws.
  public init(
    log: any FeedbackLog, armSeed: UInt64 = 0, pendingLimit: Int = FeedbackService.defaultPendingLimit,
    learner: OnlineLearner? = nil
  ) throws(FeedbackError) {
    let arms = ArmTable(seed: armSeed)
    replayed = try log.replay(after: 0) { entry, _ in
      if case .event(let event, isUnmatched: false) = entry { arms.apply(event) }
    }
    self.arms = arms
    self.learner = learner
    writer = FeedbackWriter(
      log: log, arms: arms, learner: learner, recorded: replayed.lastSequence, pendingLimit: max(1, pendingLimit))
    try writer.start()
  }

  deinit { close() }

  /// Events in the log: replayed and recorded since. Any thread.
  public var eventsRecorded: UInt64 { writer.recorded }

  /// Records events. Any thread; never waits for the disk.
  ///
  /// `completion` is called once: with the sequence of the last event, on the writer's thread, after all are durable
  /// and applied; or with the log's error there; or, before this returns and on the caller's thread, with
  /// ``FeedbackError/queueFull(limit:)`` or ``FeedbackError/closed``. On an error none of the events is acknowledged.
  /// It must not block.
  public func submit(
    _ events: [FeedbackEvent], completion: @escaping @Sendable (Result<UInt64, FeedbackError>) -> Void
  ) {
    if let error = writer.enqueue(FeedbackBatch(events: events, completion: completion)) { completion(.failure(error)) }
  }

  /// Refuses new events, records what waits, saves what was learned, closes the log, and returns when that is done. Idempotent.
  ///
  /// From inside a completion it only asks for that and returns at once.
  public func close() { writer.close() }
}

/// Events that were submitted together.
struct FeedbackBatch {
  let events: [FeedbackEvent]
  let completion: @Sendable (Result<UInt64, FeedbackError>) -> Void
}
