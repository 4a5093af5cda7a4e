import Histogram

/// What was measured. Each thread has its own; they are added up at the end.
struct LoadTally {
  /// A kind of failure and how often it came, with the first one's message.
  struct Failure {
    var count = 0
    var firstMessage: String
  }

  /// Longer times are recorded as this one: a minute.
  private static let longestNanos: UInt64 = 60_000_000_000

  /// From a call's arrival to its reply, in nanoseconds; OK replies of the measured time only, as all histograms.
  private(set) var roundTrip = Histogram<UInt64>(
    highestTrackableValue: Self.longestNanos, numberOfSignificantValueDigits: .three)
  /// From a call's arrival to its sending, in nanoseconds: how far the client itself was behind.
  private(set) var sendDelay = Histogram<UInt64>(
    highestTrackableValue: Self.longestNanos, numberOfSignificantValueDigits: .three)
  /// The server's own time, in microseconds.
  private(set) var server = Histogram<UInt64>(
    highestTrackableValue: Self.longestNanos / 1000, numberOfSignificantValueDigits: .three)
  /// The part of it in the server's queue, in microseconds.
  private(set) var queue = Histogram<UInt64>(
    highestTrackableValue: Self.longestNanos / 1000, numberOfSignificantValueDigits: .three)
  /// Replies from which the server left signals out.
  private(set) var degraded = 0
  /// By status; of the whole run, warm-up included.
  private(set) var failures: [String: Failure] = [:]

  mutating func addCall(roundTripNanos: Int64, sendDelayNanos: Int64, serverMicros: UInt32, queueMicros: UInt32) {
    roundTrip.record(min(UInt64(max(0, roundTripNanos)), Self.longestNanos))
    sendDelay.record(min(UInt64(max(0, sendDelayNanos)), Self.longestNanos))
    server.record(min(UInt64(serverMicros), Self.longestNanos / 1000))
    queue.record(min(UInt64(queueMicros), Self.longestNanos / 1000))
  }

  mutating func addDegraded() { degraded += 1 }

  mutating func addFailures(_ status: String, _ message: String, count: Int = 1) {
    if count > 0 { failures[status, default: Failure(firstMessage: message)].count += count }
  }

  mutating func add(_ other: LoadTally) {
    roundTrip.add(other.roundTrip)
    sendDelay.add(other.sendDelay)
    server.add(other.server)
    queue.add(other.queue)
    degraded += other.degraded
    for (status, failure) in other.failures { addFailures(status, failure.firstMessage, count: failure.count) }
  }
}
