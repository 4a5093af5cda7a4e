/// Which bucket a duration falls into: log-linear, as in HdrHistogram.
///
///     below 512 ns              32 buckets of 16 ns
///     2^k to 2^(k+1) ns         32 buckets of 2^(k−5) ns, for k = 9 … 35
///
/// A bucket above 512 ns is at most 1/32 as wide as what it holds is long, so its middle is at most 1.6 % off: two
/// significant digits. The numbers are part of the protocol: they stand beside the counts in Describe's answer.
public enum DurationBuckets {
  /// Buckets of one histogram.
  public static let count = (largestBits - smallestBits) * perOctave + perOctave
  /// Durations at or above this, 68.7 s, fall into the last bucket.
  public static let limitNanos: UInt64 = 1 << largestBits

  private static let perOctave = 32
  /// log2 of ``perOctave``.
  private static let octaveBits = 5
  /// log2 of the width of the narrowest buckets, in nanoseconds.
  private static let unitBits = 4
  private static let smallestBits = unitBits + octaveBits
  private static let largestBits = 36

  /// The bucket of a duration, in 0 ..< ``count``.
  @inline(__always)
  public static func index(ofNanos nanos: UInt64) -> Int {
    let units = min(nanos, limitNanos &- 1) >> unitBits
    if units < UInt64(perOctave) { return Int(truncatingIfNeeded: units) }
    let top = 63 &- units.leadingZeroBitCount
    let octave = top &- octaveBits &+ 1
    return octave &* perOctave &+ Int(truncatingIfNeeded: (units >> UInt64(top &- octaveBits)) & UInt64(perOctave &- 1))
  }

  /// The shortest duration of a bucket; of ``count``, the end of the last one.
  public static func lowerNanos(of index: Int) -> UInt64 {
    guard index >= perOctave else { return UInt64(max(0, index)) << UInt64(unitBits) }
    let octave = min(index, count) / perOctave
    return UInt64(perOctave + min(index, count) % perOctave) << UInt64(octave - 1 + unitBits)
  }

  /// The middle of a bucket, which stands for all that it holds.
  public static func middleNanos(of index: Int) -> UInt64 {
    (lowerNanos(of: index) + lowerNanos(of: index + 1)) / 2
  }
}
