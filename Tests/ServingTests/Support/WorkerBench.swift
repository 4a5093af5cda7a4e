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

  init(limits: Limits = Limits(), log: GatedLog = GatedLog(), pendingLimit: Int = 1_000) throws {
    world = try TestWorld.shared()
    self.limits = limits
    var feedbackOptions = FeedbackOptions()
    feedbackOptions.pendingLimit = pendingLimit
    feedback = try FeedbackService(log: log, options: feedbackOptions)
    var options = ServerOptions.forTests(model: world.path, state: "")
    options.limits = limits
    memory = WorkerMemory(
      try ServedModel(world.model, options: options), feedback: feedback, options: options, worker: 0,
      describe: { _ in ServerDescription() })
    worker = try Worker(memory: memory, metrics: Metrics(), limits: limits)
    session = Session(id: 1, peer: PeerAddress(userID: 0), worker: worker, nowMillis: 0)
    responder = Responder(memory: memory)
  }

  deinit {
    feedback.close()
    worker.close()
  }

  /// The call in the queue's form, under its own id or another, as if it had arrived so long ago.
  func pending(_ call: Call, id: UInt64? = nil, agoMillis: UInt64 = 0) -> PendingCall {
    call.payload.withUnsafeBytes {
      PendingCall(
        session: session, callID: id ?? RequestDecoder.callID(of: $0),
        arrivedNanos: Loop.monotonicNanos() - agoMillis * 1_000_000, copying: $0)
    }
  }

  /// The reply to a call that arrived so long ago.
  func answer(_ call: Call, agoMillis: UInt64 = 0) throws -> (outcome: Responder.Outcome, answer: Answer) {
    let pending = pending(call, agoMillis: agoMillis)
    defer { pending.release() }
    let outcome = responder.answer(pending, on: worker)
    return (outcome, try takeReply())
  }

  /// The reply to a RecordEvents call whose events have fared so.
  func recorded(_ result: Result<RecordedEvents, FeedbackError>) throws -> Answer {
    responder.encodeRecorded(
      RecordingOutcome(
        method: .recordEvents, sessionID: session.id, callID: 1, arrivedNanos: Loop.monotonicNanos(), queueMicros: 0,
        result: result),
      into: session)
    return try takeReply()
  }

  private func takeReply() throws -> Answer {
    let bytes = session.outgoing.withBytes { Array($0) }
    session.outgoing.removeAll()
    guard bytes.count >= 4 else { throw TestFailure("no reply") }
    return try Answer(Array(bytes[4...]))
  }
}
