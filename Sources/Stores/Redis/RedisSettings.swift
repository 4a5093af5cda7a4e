/// Bounds and times of one connection to Redis. The defaults are those of a server that ranks.
public struct RedisSettings: Sendable {
  /// From the look-up of the host to the answer to the last command of the greeting.
  public var connectMillis: UInt64 = 1_000
  /// How long a command may be without its reply, whatever its own patience, before the connection is given up. A
  /// command with more patience than this is given that.
  public var stallMillis: UInt64 = 150
  /// How long the kernel may resend bytes that are not acknowledged (TCP_USER_TIMEOUT).
  public var unacknowledgedMillis: UInt64 = 2_000
  /// Commands without a reply yet.
  public var maxInFlight = 1_024
  /// Bytes of commands that the kernel has not yet taken.
  public var maxOutputBytes = 1 << 20
  /// Bytes of one reply.
  public var maxReplyBytes = 16 << 20
  /// Elements of one reply, those of nested arrays included.
  public var maxReplyElements = 1 << 20
  /// The mean wait before the first new attempt to connect is half of it; it doubles from attempt to attempt …
  public var backoffFirstMillis: UInt64 = 50
  /// … up to this.
  public var backoffLastMillis: UInt64 = 2_000
  /// Timeouts in a row after which the breaker opens.
  public var breakerTimeouts = 5
  /// How long the breaker stays open before its first probe; it doubles from probe to probe …
  public var breakerFirstMillis: UInt64 = 100
  /// … up to this.
  public var breakerLastMillis: UInt64 = 2_000

  /// The defaults.
  public init() {}
}
