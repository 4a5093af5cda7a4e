import Feedback
import Wire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// RecordEvents: answered when the feedback log has made the events durable, on whatever turn that is.
extension Responder {
  /// Hands the events to the log's writer thread, whose outcome comes back through the worker's mailbox.
  mutating func record(_ columns: EventColumns, _ reply: Reply, _ worker: Worker) -> Outcome {
    let events = columns.events(receivedAtSeconds: Int64(time(nil)))
    let session = reply.session.id
    let (callID, arrived, queued) = (reply.callID, reply.deadline.arrivedNanos, reply.queueMicros)
    guard !events.isEmpty else {
      return encode(.recorded(count: 0, lastSequence: memory.feedback.lastSequence), reply)
    }
    memory.feedback.submit(events) { result in
      worker.post(
        .recorded(
          RecordingOutcome(
            sessionID: session, callID: callID, arrivedNanos: arrived, queueMicros: queued, result: result)))
    }
    return .later
  }

  /// Encodes the reply to a RecordEvents call whose events have fared one way or the other.
  mutating func encodeRecorded(_ outcome: RecordingOutcome, into session: Session) {
    let deadline = Deadline(arrivedNanos: outcome.arrivedNanos, budgetMillis: 0)
    var header = ReplyHeader(
      id: outcome.callID, serverMicros: deadline.elapsedMicros, queueMicros: outcome.queueMicros)
    switch outcome.result {
    case .success(let events):
      header.status = ReplyStatus(.ok, executed: true)
      let body = ReplyBody.recorded(
        count: UInt32(clamping: events.recorded), duplicates: UInt32(clamping: events.duplicates),
        unmatched: UInt32(clamping: events.unmatched), lastSequence: events.lastSequence)
      append(header, body, to: session)
    case .failure(let error):
      header.status = Self.status(of: error)
      append(header, .none, to: session)
    }
  }

  /// What the client is told: where waiting helps it is said so; otherwise the log needs an operator.
  private static func status(of error: FeedbackError) -> ReplyStatus {
    if error.isTransient {
      ReplyStatus(.resourceExhausted, reason: .feedbackLog, message: "\(error)", retryAfterMillis: 1_000)
    } else {
      ReplyStatus(.unavailable, reason: .feedbackLog, message: "\(error)")
    }
  }
}
