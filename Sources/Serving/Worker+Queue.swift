import EventLoop
import Wire

/// How calls get into the run queue, and out of it without an answer of their own.
extension Worker {
  /// Takes a copy of the frame into the run queue; where its turn would come too late, or there is no room, it is refused
  /// at once, and false is returned.
  func enqueue(
    _ payload: UnsafeRawBufferPointer, _ outline: CallOutline, arrivedNanos: UInt64, now: UInt64, from session: Session
  ) -> Bool {
    var ticket = CallTicket(outline, limits: limits, arrivedNanos: arrivedNanos)
    admission.price(&ticket)
    // It may have waited in the connection's buffer; a budget that is over is answered as that, in its turn.
    if now < ticket.endNanos,
      case .refused(let retryAfterMillis) = admission.judge(ticket, behind: queue.load, now: now)
    {
      shed(ticket, callID: outline.callID, of: session, retryAfterMillis: retryAfterMillis)
      return false
    }
    guard queue.hasRoom(for: payload.count) || makeRoom(for: payload.count, ticket) else {
      metrics.queue.countShed(ticket.rank)
      let status = ReplyStatus(
        .resourceExhausted, reason: .queueFull, message: "\(queue.count) calls wait", retryAfterMillis: 100)
      refuse(session, callID: outline.callID, status)
      return false
    }
    queue.push(PendingCall(session: session, callID: outline.callID, ticket: ticket, copying: payload))
    return true
  }

  func requeue(_ call: PendingCall) { queue.push(call) }

  /// Puts out calls that matter less than one that needs their room; false where that is not enough.
  private func makeRoom(for byteCount: Int, _ ticket: CallTicket) -> Bool {
    while !queue.hasRoom(for: byteCount) {
      guard let victim = queue.evict(below: ticket.rank) else { return false }
      if victim.session.phase != .closed {
        shed(
          victim.ticket, callID: victim.callID, of: victim.session,
          retryAfterMillis: admission.retryMillis(excessNanos: 0))
        victim.session.finish(callID: victim.callID)
      }
      victim.release()
    }
    return true
  }

  /// Refuses a call because there is too much work. Many are refused when there is least time for it: the message is
  /// always the same.
  private func shed(_ ticket: CallTicket, callID: UInt64, of session: Session, retryAfterMillis: UInt32) {
    metrics.queue.countShed(ticket.rank)
    let status = ReplyStatus(
      .resourceExhausted, reason: .overloaded, message: "its turn would come too late",
      retryAfterMillis: retryAfterMillis)
    refuse(session, callID: callID, status)
  }

  /// Answers the calls whose budget is over, however far back they wait.
  func dismissExpired(now: UInt64) {
    queue.removeExpired(now: now) { leaving.append($0) }
    for call in leaving { expire(call) }
    leaving.removeAll(keepingCapacity: true)
  }

  /// Answers a call whose budget is over, and lets it go.
  func expire(_ call: PendingCall) {
    // A client that does not read its replies is told when it does.
    guard call.session.phase == .closed || call.session.hasWriteRoom else { return call.session.deferred.append(call) }
    defer { call.release() }
    guard call.session.phase != .closed else { return metrics.queue.countCancelled() }
    responder.encodeExpired(call)
    metrics.countRefused()
    metrics.queue.countExpired()
    call.session.finish(callID: call.callID)
  }

  /// The connection has ended: nobody waits for its calls any more.
  func cancelCalls(of session: Session) {
    queue.removeAll(where: { $0.session === session }) { leaving.append($0) }
    for call in leaving {
      call.release()
      metrics.queue.countCancelled()
    }
    leaving.removeAll(keepingCapacity: true)
    if let current = ranking, current.call.session === session {
      ranking = nil
      current.call.release()
      metrics.queue.countCancelled()
    }
  }

  /// The loop has ended: nothing is answered any more.
  func dropAll() {
    queue.removeAll(where: { _ in true }) { leaving.append($0) }
    for call in leaving { call.release() }
    leaving.removeAll()
    ranking?.call.release()
    ranking = nil
  }
}
