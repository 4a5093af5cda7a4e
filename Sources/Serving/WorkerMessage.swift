import EventLoop
import Feedback

/// What other threads tell a worker.
enum WorkerMessage: Sendable {
  /// A new connection, dealt by the acceptor.
  case adopt(fileDescriptor: Int32, peer: PeerAddress)
  /// The feedback log has answered a RecordEvents or SetRewards call.
  case recorded(RecordingOutcome)
  /// Another model to serve, and what to call when nothing of the one before is used any more.
  case serve(WorkerModel, @Sendable () -> Void)
  /// A ReloadModel call has fared one way or the other.
  case reloaded(ReloadOutcome)
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
  let call: AwaitedCall
  let result: Result<RecordedEvents, FeedbackError>
}

/// A ReloadModel call, and how that fared.
struct ReloadOutcome: Sendable {
  let call: AwaitedCall
  let result: Result<Reloaded, ReloadError>
}
