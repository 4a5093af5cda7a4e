/// Decides whether Redis is worth asking.
///
/// Closed, everything passes. It opens after some timeouts in a row, or at once when a connection stalls; then nothing
/// passes. After a while it is half open: one probe, which is not a caller's command, may pass. Its reply closes the
/// breaker; without one it is open again, for twice as long.
///
/// It has no clock: who calls it says what time it is, in milliseconds of one monotonic clock.
struct CircuitBreaker: Equatable, Sendable {
  enum State: Equatable, Sendable {
    case closed
    /// Until a time.
    case open(untilMillis: UInt64)
    /// A probe is on its way.
    case halfOpen
  }

  private(set) var state = State.closed
  /// How often it went from closed to open.
  private(set) var openings = 0
  /// When it last went from closed to open; nil: never.
  private(set) var openedAtMillis: UInt64?

  private let timeouts: Int
  private let firstMillis: UInt64
  private let lastMillis: UInt64
  private var timeoutsInARow = 0
  private var openMillis: UInt64

  init(timeouts: Int, firstMillis: UInt64, lastMillis: UInt64) {
    self.timeouts = timeouts
    self.firstMillis = firstMillis
    self.lastMillis = max(firstMillis, lastMillis)
    openMillis = firstMillis
  }

  /// Whether commands of callers pass.
  var isClosed: Bool { state == .closed }

  /// A reply came in time, to a command or to the probe. A late one proves nothing.
  mutating func didAnswer() {
    timeoutsInARow = 0
    state = .closed
    openMillis = firstMillis
  }

  /// A command or the probe had no reply in time.
  mutating func didTimeOut(nowMillis: UInt64) {
    timeoutsInARow += 1
    switch state {
    case .closed:
      if timeoutsInARow >= timeouts { open(nowMillis) }
    case .halfOpen:
      openMillis = min(lastMillis, openMillis * 2)
      state = .open(untilMillis: nowMillis + openMillis)
    case .open:
      break
    }
  }

  /// A whole connection had no reply: enough to open.
  mutating func didStall(nowMillis: UInt64) {
    timeoutsInARow = max(timeoutsInARow, timeouts - 1)
    didTimeOut(nowMillis: nowMillis)
  }

  /// Whether a probe is due; if so it counts as sent, and its outcome must be told.
  mutating func beginProbe(nowMillis: UInt64) -> Bool {
    guard case .open(let until) = state, nowMillis >= until else { return false }
    state = .halfOpen
    return true
  }

  private mutating func open(_ nowMillis: UInt64) {
    openings += 1
    openedAtMillis = nowMillis
    openMillis = firstMillis
    state = .open(untilMillis: nowMillis + openMillis)
  }
}
