import EventLoop

/// When a call's budget is over, on the monotonic clock.
struct Deadline {
  /// When the frame's last byte was read.
  let arrivedNanos: UInt64
  /// When the answer is no longer wanted.
  let endNanos: UInt64

  init(arrivedNanos: UInt64, budgetMillis: UInt32) {
    self.arrivedNanos = arrivedNanos
    endNanos = arrivedNanos + UInt64(budgetMillis) * 1_000_000
  }

  /// Whether the budget is used up now.
  var isOver: Bool { Loop.monotonicNanos() >= endNanos }

  /// Microseconds from arrival to now, as replies carry them.
  var elapsedMicros: UInt32 { Self.micros(from: arrivedNanos, to: Loop.monotonicNanos()) }

  /// The distance of two readings of the clock, cut to what a reply can carry.
  static func micros(from start: UInt64, to end: UInt64) -> UInt32 {
    UInt32(clamping: (end >= start ? end - start : 0) / 1_000)
  }
}
