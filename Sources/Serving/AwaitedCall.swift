import EventLoop
import Wire

/// A call whose answer comes from another thread: what is needed to answer it then.
struct AwaitedCall: Sendable {
  let sessionID: UInt64
  let callID: UInt64
  let arrivedNanos: UInt64
  let queueMicros: UInt32
}

extension AwaitedCall {
  init(_ reply: Responder.Reply) {
    self.init(
      sessionID: reply.session.id, callID: reply.callID, arrivedNanos: reply.deadline.arrivedNanos,
      queueMicros: reply.queueMicros)
  }

  /// The header of its answer, now, still without its status.
  var header: ReplyHeader {
    let elapsed = Deadline.micros(from: arrivedNanos, to: Loop.monotonicNanos())
    return ReplyHeader(id: callID, serverMicros: elapsed, queueMicros: queueMicros)
  }
}
