import Feedback
import Ranking
import Wire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// RecordEvents and SetRewards: answered when the feedback log has made durable what they say, on whatever turn that is.
extension Responder {
  /// Hands the events to the log's writer thread, whose outcome comes back through the worker's mailbox.
  mutating func record(_ columns: EventColumns, _ reply: Reply, _ worker: Worker) -> Outcome {
    let events = columns.events(receivedAtSeconds: Int64(time(nil)))
    guard !events.isEmpty else {
      return encode(.recorded(count: 0, lastSequence: memory.feedback.lastSequence), reply)
    }
    memory.feedback.submit(events, completion: completion(.recordEvents, reply, worker))
    return .later
  }

  /// Hands what events are worth to the log's writer thread, or says what they are worth where nothing is changed.
  mutating func set(_ change: RewardChange, _ reply: Reply, _ worker: Worker) -> Outcome {
    guard !change.isEmpty else { return encode(.rewards(memory.feedback.rewards), reply) }
    memory.feedback.set(
      change, atSeconds: Int64(time(nil)), completion: completion(.setRewards, reply, worker))
    return .later
  }

  /// What the log's writer calls when it is done: it tells the worker.
  private func completion(
    _ method: RecordingOutcome.Method, _ reply: Reply, _ worker: Worker
  ) -> @Sendable (Result<RecordedEvents, FeedbackError>) -> Void {
    let call = AwaitedCall(reply)
    return { result in worker.post(.recorded(RecordingOutcome(method: method, call: call, result: result))) }
  }

  /// Encodes the reply to a call of what was to be recorded, which has fared one way or the other.
  mutating func encodeRecorded(_ outcome: RecordingOutcome, into session: Session) {
    var header = outcome.call.header
    switch outcome.result {
    case .success(let events):
      header.status = ReplyStatus(.ok, executed: true)
      let body =
        switch outcome.method {
        case .recordEvents:
          ReplyBody.recorded(
            count: UInt32(clamping: events.recorded), duplicates: UInt32(clamping: events.duplicates),
            unmatched: UInt32(clamping: events.unmatched), lastSequence: events.lastSequence)
        case .setRewards: ReplyBody.rewards(memory.feedback.rewards)
        }
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
