import EventLoop
import Feedback
import Ranking
import Wire

/// One event loop with its connections, run queue and ranking memory; everything here is confined to its thread once
/// ``run()`` has begun. A loop turn reads all that is ready, then answers calls for about a millisecond, then writes
/// each connection's replies together and polls again: work waits here, stamped, and not unseen in the kernel.
final class Worker: @unchecked Sendable {
  /// How long a turn may answer calls before it polls again.
  static let turnNanos: UInt64 = 1_000_000
  /// How often connections' clocks are looked at.
  static let sweepMillis: UInt64 = 100
  /// How long a drain waits for clients that do not read.
  static let drainMillis: UInt64 = 5_000

  let limits: Limits
  let metrics: Metrics
  private let loop: Loop
  var responder: Responder
  private var mailbox: Mailbox<WorkerMessage>?
  var hook: TurnHook?
  private var sweep: LoopTimer?
  private var sessions: [UInt64: Session] = [:]
  private var nextSessionID: UInt64 = 1
  /// Calls that wait, and who judges which may; `Worker+Queue.swift` and `Worker+Turns.swift` work on them.
  var queue: RunQueue<PendingCall>
  var admission = AdmissionController()
  /// The large call that is being ranked, and whose turn it is.
  var ranking: ChunkedRanking?
  var sizeShare = SizeShare()
  /// Room for calls that leave the queue together.
  var leaving: [PendingCall] = []
  let payloads: PayloadPool
  /// When the last turn ended; and the last one before a pause of the process, until all has been read that came meanwhile.
  var lastTurnNanos = Loop.monotonicNanos()
  var pausedSinceNanos: UInt64?
  /// Calls that wait for the store; nil where there is none.
  private(set) var lookups: StoreLookups?
  var dirty: [Session] = []
  private var isDraining = false

  /// Makes the loop and all memory; any thread. `memory` belongs to this worker alone.
  init(
    memory: WorkerMemory, metrics: Metrics, limits: Limits, store: ServerOptions.StoreMaker? = nil
  ) throws(LoopError) {
    responder = Responder(memory: memory, metrics: metrics.queue)
    self.metrics = metrics
    self.limits = limits
    queue = RunQueue(limits: limits)
    payloads = PayloadPool(retainedLimit: limits.retainedPayloadBytes)
    loop = try Loop()
    mailbox = try Mailbox(loop: loop) { [unowned self] messages in messages.forEach(handle) }
    hook = TurnHook(loop: loop) { [unowned self] in turn() }
    sweep = LoopTimer(loop: loop) { [unowned self] in checkTimes() }
    lookups = try store.map { make throws(LoopError) in
      StoreLookups(store: try make(loop), modelHash: memory.modelHash, loop: loop) { [unowned self] call in
        queue.push(call)
        // What a timer hands back must not wait for the next packet.
        hook?.schedule()
      }
    }
  }

  /// The thread's whole life; returns when drained.
  func run() {
    sweep?.start(afterMillis: Self.sweepMillis, everyMillis: Self.sweepMillis)
    loop.run()
    dropAll()
    close()
  }

  /// Closes the loop and all on it: the end of ``run()``, or of a worker that never ran. Idempotent.
  func close() {
    mailbox?.close()
    lookups?.close()
    loop.close()
  }

  /// Any thread.
  func post(_ message: WorkerMessage) { mailbox?.post(message) }

  var nowMillis: UInt64 { loop.nowMillis }

  // MARK: Sessions' side

  /// Replies with a status to a call that never entered the queue.
  func refuse(_ session: Session, callID: UInt64, _ status: ReplyStatus) {
    metrics.countRefused()
    responder.encodeStatus(status, callID: callID, into: session)
    touch(session)
    // A full queue is not the client's fault.
    if status.code == .invalidArgument { session.countBadMessage() }
  }

  /// Queues a GOAWAY.
  func notify(_ session: Session, _ status: ReplyStatus, lastCallID: UInt64) {
    responder.encodeGoAway(status, lastCallID: lastCallID, into: session)
    touch(session)
  }

  /// Has the session flushed at the end of this turn.
  func touch(_ session: Session) {
    guard !session.isDirty else { return }
    session.isDirty = true
    dirty.append(session)
    // What a timer or a close dirtied must not wait for the next packet.
    hook?.schedule()
  }

  func forget(_ session: Session) {
    if session.hasCallsInFlight { cancelCalls(of: session) }
    sessions[session.id] = nil
    metrics.countClosed()
    if isDraining, sessions.isEmpty { loop.stop() }
  }

  private func checkTimes() {
    let now = loop.nowMillis
    for session in sessions.values { session.checkTimes(nowMillis: now) }
  }

  // MARK: Other threads' messages

  private func handle(_ message: WorkerMessage) {
    switch message {
    case .adopt(let descriptor): adopt(descriptor)
    case .recorded(let outcome): complete(outcome)
    case .drain: drain()
    }
  }

  private func adopt(_ descriptor: Int32) {
    let session = Session(id: nextSessionID, worker: self, limits: limits, nowMillis: loop.nowMillis)
    nextSessionID += 1
    metrics.countAccepted()
    do throws(LoopError) {
      let connection = try Connection(loop: loop, adopting: descriptor, delegate: session)
      session.connection = connection
      sessions[session.id] = session
      connection.startReading()
      if isDraining { session.sayGoodbye(Self.drainingStatus) }
    } catch {
      // The socket broke between accept and here; its client learns of it from the kernel.
      metrics.countClosed()
    }
  }

  private func complete(_ outcome: RecordingOutcome) {
    guard let session = sessions[outcome.sessionID] else { return }
    responder.encodeRecorded(outcome, into: session)
    switch outcome.result {
    case .success: metrics.countAnswered()
    case .failure: metrics.countRefused()
    }
    session.finish(callID: outcome.callID)
  }

  private static let drainingStatus = ReplyStatus(
    .unavailable, reason: .draining, message: "the server is going down", retryAfterMillis: 1_000)

  private func drain() {
    guard !isDraining else { return loop.stop() }
    isDraining = true
    for session in sessions.values { session.sayGoodbye(Self.drainingStatus, withinMillis: Self.drainMillis) }
    if sessions.isEmpty { loop.stop() }
  }
}
