import EventLoop
import Wire

/// What other threads have done for calls of this worker's sessions, which may be gone by then.
extension Worker {
  /// Says that a client's token is right.
  func welcome(_ session: Session, callID: UInt64) {
    metrics.countAnswered()
    responder.append(ReplyHeader(id: callID), .authenticated, to: session)
    touch(session)
  }

  func complete(_ outcome: RecordingOutcome) {
    guard let session = sessions[outcome.call.sessionID] else { return }
    responder.encodeRecorded(outcome, into: session)
    let now = Loop.monotonicNanos()
    metrics.phases.add(.feedback, nanos: now - min(now, outcome.call.arrivedNanos))
    conclude(outcome.call, of: session, outcome.result)
  }

  func complete(_ outcome: ReloadOutcome) {
    guard let session = sessions[outcome.call.sessionID] else { return }
    responder.encodeReloaded(outcome, into: session)
    conclude(outcome.call, of: session, outcome.result)
  }

  /// Counts what has become of a call, whose reply is there.
  private func conclude<Done, Failure>(_ call: AwaitedCall, of session: Session, _ result: Result<Done, Failure>) {
    switch result {
    case .success: metrics.countAnswered()
    case .failure: metrics.countRefused()
    }
    session.finish(callID: call.callID)
  }
}
