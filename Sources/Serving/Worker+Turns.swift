import EventLoop
import Wire

/// A turn of the loop: calls are answered for about a millisecond, and what they are answered is written.
extension Worker {
  func turn() -> Bool {
    let start = Loop.monotonicNanos()
    metrics.activity.tick(atNanos: start)
    var now = start
    pauses.begin(at: start)
    dismissExpired(now: now)
    while now - start < Self.turnNanos, let isChunk = next() {
      let after: UInt64
      if isChunk {
        after = rankChunk(now: now)
      } else {
        after = queue.pop(isLarge: false, now: now).map { answer($0, now: now) } ?? now
      }
      sizeShare.note(isChunk: isChunk, nanos: after - now)
      now = after
    }
    // Flushing may take up more frames, which may dirty more sessions; those wait for the next turn.
    swap(&dirty, &flushing)
    for session in flushing {
      session.isDirty = false
      session.flush()
    }
    flushing.removeAll(keepingCapacity: true)
    let leavesWork = !queue.isEmpty || ranking != nil
    let end = Loop.monotonicNanos()
    pauses.end(start, at: end)
    admission.turned(from: start, to: end, leavesWork: leavesWork)
    metrics.queue.show(calls: queue.count, nanos: queue.load.nanos, level: admission.effort.rawValue)
    return leavesWork || !dirty.isEmpty || pauses.pausedSinceNanos != nil
  }

  /// Whether a chunk of a large call is next, or a small one; nil where nothing waits.
  private func next() -> Bool? {
    let small = queue.firstRank(isLarge: false)
    let large = ranking?.call.ticket.rank ?? queue.firstRank(isLarge: true)
    return small == nil && large == nil ? nil : sizeShare.isChunkNext(small: small, large: large)
  }

  /// Answers a call, begins to, or puts it aside; returns the time.
  private func answer(_ call: PendingCall, now: UInt64) -> UInt64 {
    let session = call.session
    if session.phase == .closed {
      metrics.queue.countCancelled()
      call.release()
      return now
    }
    if !session.hasWriteRoom {
      session.deferred.append(call)
      return now
    }
    if now >= call.ticket.endNanos {
      expire(call)
      return max(now, responder.clock.markNanos)
    }
    let effort = admission.effort
    let outcome = responder.answer(call, effort: effort, on: self)
    let end: UInt64
    switch outcome {
    case .parked, .begun, .later: end = Loop.monotonicNanos()
    // The clock has just been read when the answer was encoded.
    default: end = max(now, responder.clock.markNanos)
    }
    switch outcome {
    case .parked: break
    case .begun: ranking?.nanos = end - now
    default:
      admission.learn(call.ticket, effort: effort, nanos: end - now)
      conclude(call, outcome)
    }
    return end
  }

  /// Does the next chunk of a large call; returns the time.
  private func rankChunk(now: UInt64) -> UInt64 {
    guard var current = ranking else {
      return queue.pop(isLarge: true, now: now).map { answer($0, now: now) } ?? now
    }
    let progress = current.step()
    if case .more = progress {
      let end = Loop.monotonicNanos()
      current.nanos += end - now
      ranking = current
      metrics.queue.countYield()
      return end
    }
    ranking = nil
    let outcome: Responder.Outcome
    if case .ranked(let ranked) = progress {
      // The client has stopped reading since it was begun: what was ranked for nobody to read yet is ranked anew.
      if !current.call.session.hasWriteRoom {
        current.call.session.deferred.append(current.call)
        return Loop.monotonicNanos()
      }
      outcome = responder.finish(current, ranked)
    } else {
      outcome = responder.finish(current, nil)
    }
    let end = Loop.monotonicNanos()
    current.nanos += end - now
    admission.learn(current.call.ticket, effort: current.query.effort, nanos: current.nanos)
    conclude(current.call, outcome)
    return end
  }

  /// Has a large call that is under way begin anew, since an answer is of one model.
  func restartRanking() {
    guard let call = ranking?.call else { return }
    ranking = nil
    requeue(call)
  }

  /// Counts what has become of a call, and lets it go.
  private func conclude(_ call: PendingCall, _ outcome: Responder.Outcome) {
    defer { call.release() }
    switch outcome {
    case .replied: metrics.countAnswered()
    case .refused: metrics.countRefused()
    case .expired:
      metrics.countRefused()
      metrics.queue.countExpired()
    case .malformed:
      metrics.countRefused()
      call.session.countBadMessage()
    case .later, .parked, .begun: return
    }
    call.session.finish(callID: call.callID)
  }
}
