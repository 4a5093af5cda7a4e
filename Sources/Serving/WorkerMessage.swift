import Feedback

/// What other threads tell a worker.
enum WorkerMessage: Sendable {
  /// A new connection, dealt by the acceptor.
  case adopt(fileDescriptor: Int32)
  /// The feedback log has answered a RecordEvents call.
  case recorded(RecordingOutcome)
  /// Take no more calls, answer those in flight, then end.
  case drain
}

/// A RecordEvents call and how its events fared.
struct RecordingOutcome: Sendable {
  let sessionID: UInt64
  /// The call's id, for its reply.
  let callID: UInt64
  /// The id under which the session took the call up: ``PendingCall/callID``.
  let takenUpID: UInt64
  let arrivedNanos: UInt64
  let queueMicros: UInt32
  let eventCount: Int
  let result: Result<UInt64, FeedbackError>
}
