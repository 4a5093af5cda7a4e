import ServerSupport
import EventLoop
import Feedback
import Ranking
import Wire

@testable import Serving

/// A worker that never runs, with one session without a connection: to look at the parts by themselves.
final class WorkerBench {
  let world: TestWorld
  let limits: Limits
  let feedback: FeedbackService
  let memory: WorkerMemory
  let worker: Worker
  let session: Session
  private var responder: Responder

  init(
    limits: Limits = Limits(), log: GatedLog = GatedLog(), pendingLimit: Int = 1_000, world: TestWorld? = nil,
    policy: BanditPolicy = BanditPolicy(epsilon: 0), steps: StepSettings = StepSettings(),
    now: ServerOptions.Now = .clock
  ) throws {
    let world = try world ?? TestWorld.shared()
    self.world = world
    self.limits = limits
    var feedbackOptions = FeedbackOptions()
    feedbackOptions.pendingLimit = pendingLimit
    feedback = try FeedbackService(log: log, options: feedbackOptions)
    var options = ServerOptions.forTests(model: world.path, state: "")
    options.limits = limits
    (options.policy, options.now) = (policy, now)
    options.steps = steps
    memory = WorkerMemory(
      try ServedModel(world.model, options: options), feedback: feedback, options: options, worker: 0,
      describe: { _ in ServerDescription() })
    worker = try Worker(memory: memory, metrics: Metrics(), limits: limits)
    session = Session(id: 1, peer: PeerAddress(userID: 0), worker: worker, nowMillis: 0)
    responder = Responder(memory: memory, metrics: QueueMetrics())
  }

  deinit {
    feedback.close()
    worker.close()
  }

  /// The call in the queue's form, under its own id or another, as if it had arrived so long ago.
  func pending(_ call: Call, id: UInt64? = nil, agoMillis: UInt64 = 0) -> PendingCall {
    call.payload.withUnsafeBytes {
      let outline = CallOutline($0)
      let ticket = CallTicket(
        outline, limits: limits, arrivedNanos: Loop.monotonicNanos() - agoMillis * 1_000_000)
      return PendingCall(session: session, callID: id ?? outline.callID, ticket: ticket, copying: $0)
    }
  }

  /// The reply to a call that arrived so long ago, answered with an effort.
  func answer(
    _ call: Call, agoMillis: UInt64 = 0, effort: RankEffort = .full
  ) throws -> (outcome: Responder.Outcome, answer: Answer) {
    let pending = pending(call, agoMillis: agoMillis)
    defer { pending.release() }
    var outcome = responder.answer(pending, effort: effort, on: worker)
    if outcome == .begun { outcome = finish() }
    return (outcome, try takeReply())
  }

  /// The reply to a RecordEvents call whose events have fared so.
  func recorded(_ result: Result<RecordedEvents, FeedbackError>) throws -> Answer {
    responder.encodeRecorded(
      RecordingOutcome(
        method: .recordEvents,
        call: AwaitedCall(sessionID: session.id, callID: 1, arrivedNanos: Loop.monotonicNanos(), queueMicros: 0),
        result: result),
      into: session)
    return try takeReply()
  }

  /// Does all chunks of the large call that was begun.
  private func finish() -> Responder.Outcome {
    guard var ranking = worker.ranking else { return .refused }
    worker.ranking = nil
    while true {
      switch ranking.step() {
      case .more: continue
      case .over: return responder.expired(ranking.reply)
      case .ranked(let ranked): return responder.finish(ranking, ranked)
      }
    }
  }

  /// Has the worker take up a call that arrived so long ago, of this session or another; whether it waits now.
  @discardableResult
  func enqueue(_ call: Call, from session: Session? = nil, agoMillis: UInt64 = 0) -> Bool {
    let now = Loop.monotonicNanos()
    return call.payload.withUnsafeBytes {
      worker.enqueue(
        $0, CallOutline($0), arrivedNanos: now - agoMillis * 1_000_000, now: now, from: session ?? self.session)
    }
  }

  /// Has the worker do all that waits, turn by turn; the replies of the session, in the order in which they were written.
  func replies() throws -> [Answer] {
    while worker.turn() {}
    let bytes = session.outgoing.withBytes { Array($0) }
    session.outgoing.removeAll()
    var answers: [Answer] = []
    var position = 0
    while position + 4 <= bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      answers.append(try Answer(Array(bytes[position + 4..<position + 4 + length])))
      position += 4 + length
    }
    return answers
  }

  private func takeReply() throws -> Answer {
    let bytes = session.outgoing.withBytes { Array($0) }
    session.outgoing.removeAll()
    guard bytes.count >= 4 else { throw TestFailure("no reply") }
    return try Answer(Array(bytes[4...]))
  }
}
