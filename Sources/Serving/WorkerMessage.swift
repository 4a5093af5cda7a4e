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
  let callID: UInt64
  let arrivedNanos: UInt64
  let queueMicros: UInt32
  let result: Result<RecordedEvents, FeedbackError>
}
