/// Whether a log shows enough of what a target policy would do to say what it would earn.
package struct ListSupport: Sendable, Equatable, Encodable {
  /// What is missing.
  package enum Gap: String, Sendable, Encodable {
    /// The target does what the logging policy never does: it was certain of something else.
    case impossible
    /// The target's probability over the logged one is surely less than 1 on average: the log lacks part of what the
    /// target does.
    case weights
    /// It is surely more than 1 on average, which true propensities rule out: those of the log are wrong.
    case propensities
    /// The weights leave the say to few lists.
    case samples
  }

  /// Rows.
  package let rows: Int
  /// The share of the target's probability on items that the logging policy could not have put there, where it was
  /// certain of another one; at least this share is in no estimate.
  package let impossible: Double
  /// Mean importance weight, and the middle 95 % of it. Its expectation is the share of the target's probability that
  /// the logging policy could have shown, so 1 where all of it could.
  package let weight: Double
  package let weightLow: Double
  package let weightHigh: Double
  /// Kish's effective sample size of the weights used.
  package let effectiveSampleSize: Double
  /// What is missing, most certain first; empty: enough is there.
  package let gaps: [Gap]

  enum CodingKeys: String, CodingKey {
    case rows, impossible, gaps
    case weight = "mean_weight"
    case weightLow = "mean_weight_low"
    case weightHigh = "mean_weight_high"
    case effectiveSampleSize = "effective_sample_size"
  }

  /// Of one position and its resamples.
  init(_ sums: PositionSums, _ draws: [PositionSums], leastSamples: Double, tolerance: Double) {
    func mean(_ sums: PositionSums, _ amount: Double) -> Double { sums.rows > 0 ? amount / sums.rows : 0 }
    rows = Int(sums.rows)
    impossible = mean(sums, sums.impossible)
    weight = mean(sums, sums.weights)
    let interval = PairedBootstrap.interval(draws.map { mean($0, $0.weights) })
    (weightLow, weightHigh) = (interval.low, interval.high)
    effectiveSampleSize = sums.effectiveSampleSize
    var gaps: [Gap] = []
    if impossible > tolerance { gaps.append(.impossible) }
    // Four standard errors: chance alone seldom goes so far, even though few great weights make a skewed mean.
    let doubt = 4 * Self.deviation(draws.map { mean($0, $0.weights) })
    if weight + doubt < 1 - tolerance { gaps.append(.weights) }
    if weight - doubt > 1 + tolerance { gaps.append(.propensities) }
    if effectiveSampleSize < leastSamples { gaps.append(.samples) }
    self.gaps = gaps
  }

  /// Of several positions: the worst of each.
  init(_ positions: [ListSupport]) {
    rows = positions.map(\.rows).min() ?? 0
    impossible = positions.map(\.impossible).max() ?? 0
    let least = positions.min { $0.weight < $1.weight }
    (weight, weightLow, weightHigh) = (least?.weight ?? 0, least?.weightLow ?? 0, least?.weightHigh ?? 0)
    effectiveSampleSize = positions.map(\.effectiveSampleSize).min() ?? 0
    let found = Set(positions.flatMap(\.gaps))
    gaps = [Gap.impossible, .weights, .propensities, .samples].filter { found.contains($0) }
  }

  private static func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
  }

  /// Whether estimates mean something.
  package var isEnough: Bool { gaps.isEmpty }
}
