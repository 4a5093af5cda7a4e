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
  /// How often the clocks of a part of the connections are looked at, and in how many parts.
  static let sweepMillis: UInt64 = 20
  static let sweepParts = 5
  /// How often a loop turns at least, also where nothing happens: who watches it sees that it can.
  static let pulseMillis: UInt64 = 200

  let limits: Limits
  let metrics: Metrics
  private let loop: Loop
  /// Who replaces the model; set before it runs.
  weak var reloader: Reloader?
  var responder: Responder
  private var mailbox: Mailbox<WorkerMessage>?
  var hook: TurnHook?
  /// Takes up new connections, some in each turn.
  private var arrivalHook: TurnHook?
  private var sweep: LoopTimer?
  private var pulse: LoopTimer?
  private(set) var sessions = SessionRoster()
  /// Connections that the acceptor has dealt and that have not been taken up, oldest first.
  private var arrivals: [(descriptor: Int32, peer: PeerAddress)] = []
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
  var pauses = PauseDetector(now: Loop.monotonicNanos())
  /// Calls that wait for the store; nil where there is none.
  private(set) var lookups: StoreLookups?
  var dirty: [Session] = []
  /// Those of this turn while they are flushed: the other of two lists that keep their memory.
  var flushing: [Session] = []
  private var isDraining = false
  /// Who may connect; shared by all workers.
  let doorkeeper: Doorkeeper
  /// What the sessions hold, see ``Session/account()``.
  var bufferBytes = 0 {
    didSet { metrics.setBufferBytes(bufferBytes) }
  }

  /// Makes the loop and all memory; any thread. `memory` belongs to this worker alone.
  init(
    memory: WorkerMemory, metrics: Metrics, limits: Limits, doorkeeper: Doorkeeper? = nil,
    store: ServerOptions.StoreMaker? = nil
  ) throws(LoopError) {
    responder = Responder(
      memory: memory, metrics: metrics.queue,
      clock: CallClock(histograms: metrics.phases, activity: metrics.activity))
    self.metrics = metrics
    self.limits = limits
    self.doorkeeper = doorkeeper ?? Doorkeeper(limits: limits)
    queue = RunQueue(limits: limits)
    payloads = PayloadPool(retainedLimit: limits.retainedPayloadBytes)
    loop = try Loop()
    mailbox = try Mailbox(loop: loop) { [unowned self] messages in messages.forEach(handle) }
    arrivalHook = TurnHook(loop: loop) { [unowned self] in adoptSome() }
    hook = TurnHook(loop: loop) { [unowned self] in turn() }
    sweep = LoopTimer(loop: loop) { [unowned self] in checkTimes() }
    pulse = LoopTimer(loop: loop) {}
    lookups = try store.map { make throws(LoopError) in
      StoreLookups(store: try make(loop), loop: loop) { [unowned self] call in
        queue.push(call)
        // What a timer hands back must not wait for the next packet.
        hook?.schedule()
      }
    }
  }

  /// The thread's whole life; returns when drained.
  func run() {
    pulse?.start(afterMillis: Self.pulseMillis, everyMillis: Self.pulseMillis)
    // A loop that never comes to its first turn is watched too.
    metrics.activity.tick(atNanos: Loop.monotonicNanos())
    loop.run()
    metrics.activity.retire()
    dropAll()
    for arrival in arrivals { leave(arrival.descriptor, of: arrival.peer) }
    close()
  }

  /// Closes the loop and all on it: the end of ``run()``, or of a worker that never ran. Idempotent.
  func close() {
    mailbox?.close()
    lookups?.close()
    loop.close()
  }

  /// Any thread. Returns false once the worker has ended.
  @discardableResult
  func post(_ message: WorkerMessage) -> Bool { mailbox?.post(message) ?? false }

  /// What it serves; for who made it, before it runs.
  var servedModel: WorkerModel { responder.memory.served }

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
    sessions.remove(session)
    if sessions.isEmpty { sweep?.stop() }
    metrics.countClosed()
    doorkeeper.left(session.peer, cancelledCalls: session.inFlight.count)
    if isDraining, sessions.isEmpty { loop.stop() }
  }

  private func checkTimes() {
    let now = loop.nowMillis
    // A session that ends by it leaves the list later, never from inside.
    sessions.visitSlice(of: Self.sweepParts) { $0.checkTimes(nowMillis: now) }
  }

  // MARK: Other threads' messages

  private func handle(_ message: WorkerMessage) {
    switch message {
    case .adopt(let descriptor, let peer): arrivals.append((descriptor, peer))
    case .recorded(let outcome): complete(outcome)
    case .shrink: for session in sessions.all where !session.hasCallsInFlight { session.releaseBuffers() }
    case .serve(let model, let done):
      restartRanking()
      responder.memory.serve(model)
      done()
    case .reloaded(let outcome): complete(outcome)
    case .drain: drain()
    }
  }

  /// Takes up so many of the new connections that those that there are do not wait for it; true where some are left.
  private func adoptSome() -> Bool {
    guard !arrivals.isEmpty else { return false }
    let taken = min(arrivals.count, limits.acceptsPerTurn)
    for arrival in arrivals[..<taken] { adopt(arrival.descriptor, of: arrival.peer) }
    arrivals.removeFirst(taken)
    return !arrivals.isEmpty
  }

  private func adopt(_ descriptor: Int32, of peer: PeerAddress) {
    let session = Session(id: nextSessionID, peer: peer, worker: self, nowMillis: loop.nowMillis)
    nextSessionID += 1
    metrics.countAccepted()
    do throws(LoopError) {
      let connection = try Connection(loop: loop, adopting: descriptor, delegate: session)
      session.connection = connection
      if sessions.isEmpty {
        sweep?.start(afterMillis: Self.sweepMillis, everyMillis: Self.sweepMillis)
        // Without connections there were no turns, and that was no pause.
        pauses = PauseDetector(now: Loop.monotonicNanos())
      }
      sessions.add(session)
      connection.startReading()
      if isDraining {
        session.sayGoodbye(Self.drainingStatus)
      } else if metrics.memory.pressure >= .refusingConnections {
        session.sayGoodbye(.shortOfMemory)
      }
    } catch {
      // The socket broke between accept and here; its client learns of it from the kernel.
      metrics.countClosed()
      doorkeeper.left(peer, cancelledCalls: 0)
    }
  }

  /// Closes a connection that was never taken up.
  private func leave(_ descriptor: Int32, of peer: PeerAddress) {
    Connection.turnAway(descriptor, saying: [])
    metrics.countClosed()
    doorkeeper.left(peer, cancelledCalls: 0)
  }

  private static let drainingStatus = ReplyStatus(
    .unavailable, reason: .draining, message: "the server is going down", retryAfterMillis: 1_000)

  private func drain() {
    guard !isDraining else { return loop.stop() }
    isDraining = true
    while adoptSome() {}
    for session in sessions.all { session.sayGoodbye(Self.drainingStatus, withinMillis: limits.drainMillis) }
    if sessions.isEmpty { loop.stop() }
  }
}
