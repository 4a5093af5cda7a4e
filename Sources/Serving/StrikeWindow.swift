/// Counts offences of one connection or client within a window of time that starts anew when it is over.
struct StrikeWindow {
  private let lengthMillis: UInt64
  private let limit: Int
  private var beganMillis: UInt64 = 0
  private var count = 0

  init(limit: Int, lengthMillis: UInt64) {
    self.limit = limit
    self.lengthMillis = lengthMillis
  }

  /// Adds one; true when with it the window holds as many as are too many.
  mutating func strike(nowMillis: UInt64) -> Bool {
    if count == 0 || nowMillis >= beganMillis + lengthMillis {
      beganMillis = nowMillis
      count = 0
    }
    count += 1
    return count >= limit
  }

  /// Whether the window that runs holds any.
  func holdsAny(nowMillis: UInt64) -> Bool { count > 0 && nowMillis < beganMillis + lengthMillis }

  /// Whether the window that runs holds as many as are too many.
  func isFull(nowMillis: UInt64) -> Bool { count >= limit && holdsAny(nowMillis: nowMillis) }
}
