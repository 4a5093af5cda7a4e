/// Where a client stands with its Redis.
public struct RedisStatus: Equatable, Sendable {
  /// What happened since the client was made.
  public struct Counters: Equatable, Sendable {
    /// Commands that were sent.
    public internal(set) var sent: UInt64 = 0
    /// Commands that were refused unsent.
    public internal(set) var refused: UInt64 = 0
    /// Replies that came while somebody waited for them.
    public internal(set) var answered: UInt64 = 0
    /// Commands whose time was up.
    public internal(set) var timeouts: UInt64 = 0
    /// Connections that became ready.
    public internal(set) var connections: UInt64 = 0
    /// Connections that were ready and ended.
    public internal(set) var losses: UInt64 = 0
  }

  /// Whether commands are taken.
  public let isReady: Bool
  /// Whether Redis is not asked because it did not answer.
  public let isBreakerOpen: Bool
  /// Why the last connection or attempt ended; nil: none has.
  public let lastError: RedisError?
  /// Commands without a reply, those included whose callers no longer wait.
  public let inFlight: Int
  /// Bytes of commands that the kernel has not yet taken.
  public let outputBytes: Int
  /// Attempts to connect.
  public let attempts: UInt64
  /// How often the breaker opened.
  public let breakerOpenings: Int
  /// What happened so far.
  public let counters: Counters
}
