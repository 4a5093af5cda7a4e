import Ranking

/// Which rung of ``RankEffort`` a worker answers from: down where calls cannot be answered in time otherwise, up again
/// when there has been room for a while.
///
/// Pressure is the expected wait over the wait that is allowed: 1 is where calls are refused. Down and up are far apart
/// in pressure and in time, so that a load near the edge does not make the server change to and fro; and up needs that the
/// next rung's cost fits into the time.
struct DegradationLadder {
  /// Pressure at or above which a rung is given up, once it has lasted for ``downNanos``.
  static let highPressure = 0.5
  static let downNanos: UInt64 = 20_000_000
  /// Pressure at or below which the rung above is tried, once it has lasted for ``upNanos``.
  static let lowPressure = 0.1
  static let upNanos: UInt64 = 500_000_000
  /// The share of the time that the rung above may be expected to take.
  static let fullShare = 0.85

  /// The rung that is stood on.
  private(set) var effort = RankEffort.full
  private var highSince: UInt64?
  private var lowSince: UInt64?

  /// Looks at the pressure of a moment; times never go back.
  ///
  /// - Parameters:
  ///   - busyShare: the share of the time in which there is work, on the rung that is stood on.
  ///   - ratioOfMore: how many times as much the rung above costs.
  mutating func observe(pressure: Double, busyShare: Double, ratioOfMore: Double, now: UInt64) {
    highSince = pressure >= Self.highPressure ? highSince ?? now : nil
    lowSince = pressure <= Self.lowPressure ? lowSince ?? now : nil
    if let since = highSince, now - since >= Self.downNanos, effort.less != effort {
      step(to: effort.less)
    } else if let since = lowSince, now - since >= Self.upNanos, effort.more != effort,
      busyShare * ratioOfMore <= Self.fullShare
    {
      step(to: effort.more)
    }
  }

  private mutating func step(to next: RankEffort) {
    effort = next
    (highSince, lowSince) = (nil, nil)
  }
}
