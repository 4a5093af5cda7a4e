extension LoadReport {
  /// Percentiles in microseconds; 0 where nothing was measured.
  struct Times: Encodable {
    let p50: Double
    let p90: Double
    let p99: Double
    let p99_9: Double
    let p99_99: Double
    let max: Double

    init(_ histogram: TimeHistogram) {
      p50 = histogram.micros(at: 50)
      p90 = histogram.micros(at: 90)
      p99 = histogram.micros(at: 99)
      p99_9 = histogram.micros(at: 99.9)
      p99_99 = histogram.micros(at: 99.99)
      max = histogram.maxMicros
    }

    var columns: [Double] { [p50, p90, p99, p99_9, p99_99, max] }
  }

  struct Failure: Encodable {
    let status: String
    let count: Int
    let firstMessage: String
  }

  /// What became of the calls of one class.
  struct ClassLine: Encodable {
    let name: String
    let offered: Int
    let accepted: Int
    let inBudget: Int
    let refused: Int
    let lost: Int
    let degraded: Int
    /// The share that was answered OK within its budget.
    let availability: Double
    /// From arrival to an OK reply.
    let roundTripMicros: Times

    /// nil where the class had no call.
    init?(_ callClass: CallClass, _ counts: LoadTally.Counts) {
      guard counts.offered > 0 else { return nil }
      name = callClass.name
      offered = counts.offered
      accepted = counts.accepted
      inBudget = counts.inBudget
      refused = counts.refused
      lost = counts.lost
      degraded = counts.degraded
      availability = share(counts.inBudget, of: counts.offered)
      roundTripMicros = Times(counts.times)
    }
  }

  /// What became of the calls of one piece of a profile; its percentiles have one digit.
  struct StepLine: Encodable {
    let fromSeconds: Double
    let toSeconds: Double
    let offeredPerSecond: Double
    let goodputPerSecond: Double
    let refusedPerSecond: Double
    let p50Micros: Double
    let p99Micros: Double

    /// The pieces of the profile that has most; none where that has one.
    static func lines(of plan: LoadPlan, _ bins: TimeBins) -> [StepLine] {
      let longest = plan.streams.map(\.profile).max { $0.pieces.count < $1.pieces.count }
      guard let pieces = longest?.pieces, pieces.count > 1 else { return [] }
      let perSecond = 1e9 / Double(bins.binNanos)
      var start = 0.0
      return pieces.map { piece in
        let end = start + piece.seconds
        defer { start = end }
        let bin = bins.merged(Int((start * perSecond).rounded()), Int((end * perSecond).rounded()))
        return StepLine(
          fromSeconds: start, toSeconds: end, offeredPerSecond: Double(bin.offered) / piece.seconds,
          goodputPerSecond: Double(bin.inBudget) / piece.seconds, refusedPerSecond: Double(bin.refused) / piece.seconds,
          p50Micros: bin.times.micros(at: 50), p99Micros: bin.times.micros(at: 99))
      }
    }
  }

  /// One bin of the time line, by the time of arrival; its percentiles, of OK replies, have one digit.
  struct BinLine: Encodable {
    let seconds: Double
    let offered: Int
    let accepted: Int
    let inBudget: Int
    let refused: Int
    let p50Micros: Double
    let p99Micros: Double

    static func lines(of bins: TimeBins) -> [BinLine] {
      bins.bins.enumerated().map { index, bin in
        let bin = bin ?? TimeBins.Bin()
        return BinLine(
          seconds: Double(index) * Double(bins.binNanos) / 1e9, offered: bin.offered, accepted: bin.accepted,
          inBudget: bin.inBudget, refused: bin.refused, p50Micros: bin.times.micros(at: 50),
          p99Micros: bin.times.micros(at: 99))
      }
    }
  }
}
