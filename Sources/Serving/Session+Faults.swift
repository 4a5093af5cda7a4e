import EventLoop
import Wire

/// Clients that do not keep to the protocol, or to its times.
extension Session {
  /// Sends GOAWAY, reads no more, and closes when the calls in flight are answered or the flush time is over.
  func sayGoodbye(_ status: ReplyStatus, withinMillis: UInt64? = nil) {
    guard phase == .open else { return }
    phase = .finishing(untilMillis: worker.nowMillis + (withinMillis ?? limits.goAwayFlushMillis))
    connection?.stopReading()
    worker.notify(self, status, lastCallID: lastCallID)
  }

  /// Counts a refused message; too many end the connection.
  func countBadMessage() {
    guard badMessages.strike(nowMillis: worker.nowMillis) else { return }
    let message = "\(limits.badMessagesPer10Seconds) refused messages within ten seconds"
    sayGoodbye(ReplyStatus(.resourceExhausted, reason: .tooManyErrors, message: message))
  }

  /// Counts a ping; too many without other calls end the connection.
  func countPing() {
    guard pings.ping(nowMillis: worker.nowMillis, limits: limits) else { return }
    let message = "\(limits.pingStrikes) pings came sooner than \(limits.pingMillis) ms after the one before"
    sayGoodbye(ReplyStatus(.resourceExhausted, reason: .tooManyPings, message: message))
  }

  /// Takes the first call of a client that must show a token: with the right one it may send others.
  func authenticate(_ payload: UnsafeRawBufferPointer) {
    let call = FirstCall(payload)
    // A call that cannot be answered is none.
    guard worker.doorkeeper.accepts(call.callID == 0 ? nil : call.token, of: peer) else {
      let what = call.token == nil ? "the first call does not show a token" : "the token is not one of this server's"
      let status = ReplyStatus(.unauthenticated, reason: .token, message: what)
      if call.callID != 0 { worker.refuse(self, callID: call.callID, status) }
      return sayGoodbye(status)
    }
    isAuthenticated = true
    decoder.frameBytes = limits.frameBytes
    worker.welcome(self, callID: call.callID)
  }

  /// Looks at every clock of the connection; called a few times a second.
  func checkTimes(nowMillis now: UInt64) {
    guard let connection, phase != .closed else { return }
    // While it is held back it does not read, and would not notice: its calls would be answered for nobody.
    if phase == .open, !connection.isReading, connection.isPeerGone { return connection.abort() }
    if let queued = connection.oldestQueuedWriteMillis, now > queued + limits.writeStallMillis {
      return connection.abort()
    }
    if case .finishing(let until) = phase {
      if now > until { connection.abort() }
      return
    }
    if let began = frameBeganMillis, now > began + limits.wholeFrameMillis {
      let message = "a frame did not complete within \(limits.wholeFrameMillis) ms"
      return sayGoodbye(ReplyStatus(.deadlineExceeded, reason: .slowFrame, message: message))
    }
    if !hasCompletedFrame, now > openedMillis + limits.firstFrameMillis {
      let message = "no frame came within \(limits.firstFrameMillis) ms"
      return sayGoodbye(ReplyStatus(.deadlineExceeded, reason: .slowFrame, message: message))
    }
    guard !hasCallsInFlight else { return }
    if now > lastActivityMillis + limits.bufferIdleMillis { releaseBuffers() }
    if now > lastActivityMillis + limits.idleMillis {
      let message = "nothing came for \(limits.idleMillis / 1_000) s"
      sayGoodbye(ReplyStatus(.unavailable, reason: .idle, message: message))
    }
  }
}
