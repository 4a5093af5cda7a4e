/// Notices that a worker was stopped, or did not get the processor, by its turns: when the bytes came that it reads
/// thereafter.
///
/// After a pause, timers may be looked at before connections are, so what these say may be read in the turn after the next
/// only. Knows no clock: whoever asks says what time it is, on the monotonic one.
struct PauseDetector {
  /// A worker with connections that does not get on for so long has paused: it looks at their clocks much more often.
  static let shortestNanos: UInt64 = 400_000_000

  /// When the last turn ended.
  private(set) var lastTurnNanos: UInt64
  /// When the worker was last seen before a pause whose bytes are still to be read; nil: there was none.
  private(set) var pausedSinceNanos: UInt64?

  /// Turns begin now.
  init(now: UInt64) { lastTurnNanos = now }

  /// A turn begins: what came since the last one has been read.
  mutating func begin(at now: UInt64) { pausedSinceNanos = isPause(from: lastTurnNanos, to: now) ? lastTurnNanos : nil }

  /// A turn that began at `start` ends. It may have been stopped midway; what came meanwhile is read after it.
  mutating func end(_ start: UInt64, at now: UInt64) {
    if pausedSinceNanos == nil, isPause(from: start, to: now) { pausedSinceNanos = start }
    lastTurnNanos = now
  }

  /// When bytes that are read now came: now or, after a pause, at any time since it began. Calls that came meanwhile are as
  /// old as they may be, so that no answer is given that nobody waits for.
  func arrival(now: UInt64) -> UInt64 {
    isPause(from: lastTurnNanos, to: now) ? lastTurnNanos : pausedSinceNanos ?? now
  }

  private func isPause(from start: UInt64, to end: UInt64) -> Bool { end - min(end, start) > Self.shortestNanos }
}
