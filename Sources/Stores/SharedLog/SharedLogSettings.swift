/// Bounds and times of a shared log. The defaults are those of a server that ranks.
public struct SharedLogSettings: Sendable {
  /// What the names of its keys begin with.
  public var prefix = "apus"
  /// How often new entries of our log are looked for.
  public var pollMillis: UInt64 = 20
  /// Bytes of entries that are shipped together; a larger entry goes alone.
  public var batchBytes = 64 << 10
  /// Batches of the stream that are read together.
  public var batchesPerRead = 16
  /// How long a read waits in Redis for something new.
  public var blockMillis: UInt64 = 500
  /// How often Redis is asked what it has of our log, where there is nothing to ship.
  public var checkMillis: UInt64 = 500
  /// How long Redis may take for one command.
  public var patienceMillis: UInt64 = 2_000
  /// About how many batches the stream keeps; what is behind is shipped again to who asks for it.
  public var streamBatches = 1 << 14
  /// How long ``SharedLog/stop()`` goes on shipping.
  public var drainMillis: UInt64 = 1_000

  /// The defaults.
  public init() {}
}
