/// What a server has measured of itself, as Describe carries it.
public struct Measurements: Equatable, Sendable {
  /// Histograms of what calls spent their time on, since the start, over all workers.
  public var phases: [PhaseDescription] = []
  /// Calls taken up and not yet answered.
  public var callsInFlight: UInt64 = 0
  /// Memory of the process that is in RAM.
  public var residentBytes: UInt64 = 0
  /// What the process may have; 0: nobody has said.
  public var memoryLimitBytes: UInt64 = 0
  /// 0 calm, 1 caches are kept small, 2 connections are refused, 3 rankings are refused too.
  public var memoryPressure: UInt32 = 0
  /// How often a worker's loop stood still.
  public var loopStalls: UInt64 = 0
  /// Lines that standard error did not take in time.
  public var droppedLogLines: UInt64 = 0
  /// What is known of the last run where it did not end in order; empty: it did, or there was none.
  public var lastRun = ""
  /// The server's clock at this reading, in milliseconds since it began to listen: what rates are taken by.
  public var uptimeMillis: UInt64 = 0

  /// Nothing measured.
  public init() {}
}

/// A histogram of durations: sparse columns, so that a client can subtract two readings.
public struct PhaseDescription: Equatable, Sendable {
  /// Such as `queue` or `score`.
  public var name = ""
  /// Of all durations, in nanoseconds.
  public var sumNanos: UInt64 = 0
  /// The longest since the start.
  public var longestNanos: UInt64 = 0
  /// Buckets that are not empty, ascending.
  public var buckets: [UInt32] = []
  /// How many durations each of them holds.
  public var counts: [UInt64] = []

  /// An empty histogram.
  public init(name: String) { self.name = name }
}
