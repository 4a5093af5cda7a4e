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
  private var responder: Responder
  private var mailbox: Mailbox<WorkerMessage>?
  private var hook: TurnHook?
  private var sweep: LoopTimer?
  private var sessions: [UInt64: Session] = [:]
  private var nextSessionID: UInt64 = 1
  private var queue: RunQueue
  /// Calls that wait for the store; nil where there is none.
  private(set) var lookups: StoreLookups?
  private var dirty: [Session] = []
  private var isDraining = false

  /// Makes the loop and all memory; any thread. `memory` belongs to this worker alone.
  init(
    memory: WorkerMemory, metrics: Metrics, limits: Limits, store: ServerOptions.StoreMaker? = nil
  ) throws(LoopError) {
    responder = Responder(
      memory: memory, clock: CallClock(histograms: metrics.phases, activity: metrics.activity))
    self.metrics = metrics
    self.limits = limits
    queue = RunQueue(limits: limits)
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
    // A loop that never comes to its first turn is watched too.
    metrics.activity.tick(atNanos: Loop.monotonicNanos())
    loop.run()
    metrics.activity.retire()
    while let call = queue.pop() { call.release() }
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

  // MARK: Turns

  private func turn() -> Bool {
    let start = Loop.monotonicNanos()
    metrics.activity.tick(atNanos: start)
    let end = start + Self.turnNanos
    while let call = queue.pop() {
      answer(call)
      if Loop.monotonicNanos() >= end { break }
    }
    // Flushing may take up more frames, which may dirty more sessions; those wait for the next turn.
    let flushing = dirty
    dirty.removeAll(keepingCapacity: true)
    for session in flushing {
      session.isDirty = false
      session.flush()
    }
    return !queue.isEmpty || !dirty.isEmpty
  }

  private func answer(_ call: PendingCall) {
    let session = call.session
    if session.phase == .closed { return call.release() }
    if !session.hasWriteRoom { return session.deferred.append(call) }
    let outcome = responder.answer(call, on: self)
    if outcome == .parked { return }
    defer { call.release() }
    switch outcome {
    case .replied: metrics.countAnswered()
    case .refused: metrics.countRefused()
    case .malformed:
      metrics.countRefused()
      session.countBadMessage()
    case .later, .parked: return
    }
    session.finish(callID: call.callID)
  }

  // MARK: Sessions' side

  /// Takes a copy of the frame into the run queue; answers RESOURCE_EXHAUSTED and returns false where it is full.
  func enqueue(
    _ payload: UnsafeRawBufferPointer, callID: UInt64, arrivedNanos: UInt64, from session: Session
  ) -> Bool {
    guard queue.hasRoom(for: payload.count) else {
      let status = ReplyStatus(
        .resourceExhausted, reason: .queueFull, message: "\(queue.count) calls wait", retryAfterMillis: 100)
      refuse(session, callID: callID, status)
      return false
    }
    queue.push(PendingCall(session: session, callID: callID, arrivedNanos: arrivedNanos, copying: payload))
    return true
  }

  func requeue(_ call: PendingCall) { queue.push(call) }

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
    case .shrink: for session in sessions.values { session.shrink() }
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
      if isDraining {
        session.sayGoodbye(Self.drainingStatus)
      } else if metrics.memory.pressure >= .refusingConnections {
        session.sayGoodbye(.shortOfMemory)
      }
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
    let now = Loop.monotonicNanos()
    metrics.phases.add(.feedback, nanos: now - min(now, outcome.arrivedNanos))
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
