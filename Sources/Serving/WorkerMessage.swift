import Feedback

/// What other threads tell a worker.
enum WorkerMessage: Sendable {
  /// A new connection, dealt by the acceptor.
  case adopt(fileDescriptor: Int32)
  /// The feedback log has answered a RecordEvents or SetRewards call.
  case recorded(RecordingOutcome)
  /// Memory is short: give back what is only kept for later.
  case shrink
  /// Take no more calls, answer those in flight, then end.
  case drain
}

/// A call that something be recorded, and how that fared.
struct RecordingOutcome: Sendable {
  /// What was asked.
  enum Method: Sendable { case recordEvents, setRewards }

  let method: Method
  let sessionID: UInt64
  let callID: UInt64
  let arrivedNanos: UInt64
  let queueMicros: UInt32
  let result: Result<RecordedEvents, FeedbackError>
}
