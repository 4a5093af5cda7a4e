import Kernels
import Training

/// Compares models on the same impressions.
package struct Comparison {
  private let impressions: ImpressionList
  private let popularity: (UInt64) -> Double
  private let bootstrap: PairedBootstrap
  private let parallel: Parallel
  private let seed: UInt64
  /// Candidates, impression by impression, in an order that depends on impression and tweet alone: equal scores are
  /// told apart by it, so that where in the file the positive stands has no say.
  private let arrangement: [Int]
  /// Different tweets among the candidates.
  private let offered: Int

  /// - Parameters:
  ///   - popularity: share of all engagements before the first impression, above 0; called from several threads.
  ///   - resamples: of the bootstrap.
  package init(
    _ impressions: ImpressionList, popularity: @escaping (UInt64) -> Double, resamples: Int, seed: UInt64,
    parallel: Parallel
  ) {
    self.impressions = impressions
    self.popularity = popularity
    self.seed = seed
    self.parallel = parallel
    bootstrap = PairedBootstrap(impressions: impressions.count, resamples: resamples, seed: seed)
    arrangement = Self.arrangement(impressions, seed: seed)
    offered = Set(impressions.tweets).count
  }

  private static func arrangement(_ impressions: ImpressionList, seed: UInt64) -> [Int] {
    (0..<impressions.count).flatMap { impression in
      let drawn = impressions.candidates(of: impression).map { candidate in
        var generator = SeededGenerator(seed: seed &+ impressions.tweets[candidate] &* 0x9E37_79B9_7F4A_7C15)
        return (generator.next() ^ (UInt64(impression) &* 0xD1B5_4A32_D192_ED03), candidate)
      }
      return drawn.sorted { $0 < $1 }.map { $0.1 }
    }
  }

  /// Measures all models; `slices` are parts of the impressions by name.
  package func run(
    _ models: [ScoredModel], slices: [(name: String, isIn: [Bool])]
  ) throws(MetricError) -> EvaluationResult {
    var lines: [String: EvaluationResult.Line] = [:]
    var gains: [String: [Double?]] = [:]
    var means: [String: [Double]] = [:]
    for (model, measured) in zip(models, parallel.map(models.indices) { number in compared(models[number]) }) {
      let compared = try measured.get()
      lines[model.name] = compared.line
      gains[model.name] = compared.gains
      means[model.name] = compared.means
    }
    let opponents = models.filter { $0.kind != .recipe }
    let best = opponents.max { (lines[$0.name]?.ndcg ?? 0, $1.name) < (lines[$1.name]?.ndcg ?? 0, $0.name) }
    for model in models {
      guard let opponent = model.against ?? best?.name, opponent != model.name, let own = means[opponent],
        let ownMean = lines[opponent]?.ndcg, let other = means[model.name], let mean = lines[model.name]?.ndcg
      else { continue }
      let interval = PairedBootstrap.interval(zip(other, own).map { $0 - $1 })
      lines[model.name]?.difference = .init(
        against: opponent, mean: mean - ownMean, low: interval.low, high: interval.high)
    }
    let positives = (0..<impressions.count).map { impression in
      impressions.candidates(of: impression).count { impressions.labels[$0] }
    }
    return EvaluationResult(
      impressions: impressions.count, withoutPositive: positives.count { $0 == 0 },
      withoutNegative: positives.indices.count { positives[$0] == impressions.candidates(of: $0).count },
      mergedCandidates: impressions.repeated, skippedImpressions: impressions.report.rowsSkipped, seed: seed,
      models: lines,
      slices: try measured(slices, gains), switchedOff: [])
  }

  /// What each group adds to the scores of the whole: `parts` are those learned without it. Most first.
  func ablation(
    of whole: [Float], _ parts: [(group: SignalGroup, scores: [Float])]
  ) throws(MetricError) -> [AblationLine] {
    let full = try measure(whole, sign: 1)
    let fullMeans = bootstrap.means(of: full.gains)
    var lines: [AblationLine] = []
    for part in parts {
      let left = try measure(part.scores, sign: 1)
      guard let ndcg = left.ndcg, let fullNDCG = full.ndcg else { continue }
      let interval = PairedBootstrap.interval(zip(fullMeans, bootstrap.means(of: left.gains)).map { $0 - $1 })
      lines.append(
        AblationLine(
          group: part.group.name, signals: part.group.signals.map(\.name), ndcg: ndcg, gain: fullNDCG - ndcg,
          gainLow: interval.low, gainHigh: interval.high))
    }
    return lines.sorted { ($0.gain, $1.group) > ($1.gain, $0.group) }
  }

  /// How much better than chance the ranker is where something was hidden; nil for a slice without a positive.
  func made(
    _ scores: [Float], isIn: [Bool], ranker: [Float], random: [Float]
  ) throws(MetricError) -> MadeSlice? {
    func inside(_ scores: [Float]) throws(MetricError) -> (gains: [Double?], mean: Double?) {
      let gains = try measure(scores, sign: 1).gains
      let part = gains.indices.map { isIn[$0] ? gains[$0] : nil }
      return (part, try QueryMean(part.compactMap { $0 }).ifAny)
    }
    let (poor, chance) = (try inside(scores), try inside(random))
    guard let mean = poor.mean, let base = chance.mean, let unchanged = try inside(ranker).mean else { return nil }
    let draws = zip(bootstrap.means(of: poor.gains), bootstrap.means(of: chance.gains)).map { $0 - $1 }
    let interval = PairedBootstrap.interval(draws)
    return MadeSlice(
      impressions: isIn.count { $0 }, ranker: mean, random: base, unchanged: unchanged,
      difference: .init(against: "random", mean: mean - base, low: interval.low, high: interval.high))
  }

  /// NDCG@10 by model on parts of the impressions.
  private func measured(
    _ slices: [(name: String, isIn: [Bool])], _ gains: [String: [Double?]]
  ) throws(MetricError) -> [String: EvaluationResult.Slice] {
    var measured: [String: EvaluationResult.Slice] = [:]
    for slice in slices {
      let inside = slice.isIn.indices.filter { slice.isIn[$0] }
      var ndcg: [String: Double] = [:]
      for (name, gains) in gains { ndcg[name] = try QueryMean(inside.compactMap { gains[$0] }).ifAny }
      measured[slice.name] = .init(impressions: inside.count, ndcg: ndcg)
    }
    return measured
  }

  /// What is kept of a model's measurement.
  private struct Compared {
    let line: EvaluationResult.Line
    let gains: [Double?]
    /// NDCG@10 in each resample.
    let means: [Double]
  }

  private func compared(_ model: ScoredModel) -> Result<Compared, MetricError> {
    Result { () throws(MetricError) in
      let measurement = try measure(model)
      let calibration = try model.probabilities.map { (values) throws(MetricError) in
        try Calibration(probabilities: values, labels: impressions.labels)
      }
      let means = bootstrap.means(of: measurement.gains)
      return Compared(
        line: measurement.line(model.kind, means: means, calibration: calibration, offered: offered),
        gains: measurement.gains, means: means)
    }
  }

  /// A signal is measured in both directions, and the one that ranks better counts.
  private func measure(_ model: ScoredModel) throws(MetricError) -> Measurement {
    let rising = try measure(model.scores, sign: 1)
    guard model.kind == .signal else { return rising }
    let falling = try measure(model.scores, sign: -1)
    return (rising.ndcg ?? 0) >= (falling.ndcg ?? 0) ? rising : falling
  }

  private func measure(_ scores: [Float], sign: Double) throws(MetricError) -> Measurement {
    var measurement = Measurement()
    for impression in 0..<impressions.count {
      let candidates = arrangement[impressions.candidates(of: impression)]
      let metrics = try OrderMetrics(
        scores: candidates.map { scores[$0].isNaN ? -.greatestFiniteMagnitude : sign * Double(scores[$0]) },
        labels: candidates.map { impressions.labels[$0] })
      let tweets = metrics.top.map { impressions.tweets[candidates[candidates.startIndex + $0]] }
      try measurement.add(metrics, tweets: tweets, popularity: popularity)
    }
    return measurement
  }
}
