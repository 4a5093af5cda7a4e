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
    guard let session = sessions[outcome.sessionID] else { return }
    responder.encodeRecorded(outcome, into: session)
    switch outcome.result {
    case .success: metrics.countAnswered()
    case .failure: metrics.countRefused()
    }
    let now = Loop.monotonicNanos()
    metrics.phases.add(.feedback, nanos: now - min(now, outcome.arrivedNanos))
    session.finish(callID: outcome.callID)
  }

  func complete(_ outcome: ReloadOutcome) {
    guard let session = sessions[outcome.sessionID] else { return }
    responder.encodeReloaded(outcome, into: session)
    switch outcome.result {
    case .success: metrics.countAnswered()
    case .failure: metrics.countRefused()
    }
    session.finish(callID: outcome.callID)
  }
}
