import Histogram

/// Times in a histogram of constant relative precision, up to a minute; longer ones count as a minute.
///
/// Encoded as the buckets that are not empty, so that processes can hand theirs over and add them up without loss.
struct TimeHistogram: Codable, Sendable {
  enum Precision: Int8, Codable, Sendable {
    /// Three digits, to the nanosecond.
    case fine
    /// One digit, to the microsecond: small enough for one per bin of a time line.
    case coarse

    var unitNanos: Int64 { self == .fine ? 1 : 1000 }
  }

  private enum Key: CodingKey { case precision, values, counts }

  private static let longestNanos: Int64 = 60_000_000_000

  let precision: Precision
  private var histogram: Histogram<UInt64>

  init(_ precision: Precision) {
    self.precision = precision
    histogram = Histogram(
      highestTrackableValue: UInt64(Self.longestNanos / precision.unitNanos),
      numberOfSignificantValueDigits: precision == .fine ? .three : .one)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(try container.decode(Precision.self, forKey: .precision))
    let values = try container.decode([UInt64].self, forKey: .values)
    let counts = try container.decode([UInt64].self, forKey: .counts)
    for (value, count) in zip(values, counts) { histogram.record(value, count: count) }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    let recorded = histogram.recordedValues().map { ($0.value, $0.count) }
    var values = recorded.map(\.0)
    // The maximum itself is known, not only its bucket.
    if !values.isEmpty { values[values.count - 1] = histogram.maxRecorded }
    try container.encode(precision, forKey: .precision)
    try container.encode(values, forKey: .values)
    try container.encode(recorded.map(\.1), forKey: .counts)
  }

  var count: UInt64 { histogram.totalCount }

  mutating func record(nanos: Int64) {
    histogram.record(UInt64(max(0, min(nanos, Self.longestNanos)) / precision.unitNanos))
  }

  mutating func add(_ other: TimeHistogram) { histogram.add(other.histogram) }

  /// The time in microseconds that `percentile` percent do not exceed; 0 where nothing was recorded.
  func micros(at percentile: Double) -> Double {
    count == 0 ? 0 : inMicros(histogram.valueAtPercentile(percentile))
  }

  /// The longest, in microseconds.
  var maxMicros: Double { count == 0 ? 0 : inMicros(histogram.maxRecorded) }

  private func inMicros(_ value: UInt64) -> Double { Double(value) * Double(precision.unitNanos) / 1000 }
}
