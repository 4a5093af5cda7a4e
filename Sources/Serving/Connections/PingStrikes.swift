import Wire

/// Counts the pings of a connection that come too soon after the one before, with no other call between.
struct PingStrikes {
  private var lastMillis: UInt64?
  private var strikes = 0

  /// A ping came; true when it is one too many.
  mutating func ping(nowMillis now: UInt64, limits: Limits) -> Bool {
    strikes = lastMillis.map { now < $0 + limits.pingMillis } == true ? strikes + 1 : 0
    lastMillis = now
    return strikes >= limits.pingStrikes
  }

  /// Another call came: the connection is used, and may be asked about.
  mutating func clear() { (lastMillis, strikes) = (nil, 0) }
}
