import Glibc
import Kernels
import Training

/// Compares models on the same impressions.
package struct Comparison {
  private let impressions: ImpressionList
  private let popularity: (UInt64) -> Double
  private let bootstrap: PairedBootstrap
  private let ties: [UInt64]
  private let seed: UInt64

  /// - Parameters:
  ///   - popularity: share of all engagements before the first impression, above 0.
  ///   - resamples: of the bootstrap.
  package init(
    _ impressions: ImpressionList, popularity: @escaping (UInt64) -> Double, resamples: Int, seed: UInt64
  ) {
    self.impressions = impressions
    self.popularity = popularity
    self.seed = seed
    bootstrap = PairedBootstrap(impressions: impressions.count, resamples: resamples, seed: seed)
    ties = Self.ties(impressions, seed: seed)
  }

  /// A number for each candidate by which equal scores are told apart: it depends on the impression and the tweet
  /// alone, so that where in the file the positive stands has no say.
  package static func ties(_ impressions: ImpressionList, seed: UInt64) -> [UInt64] {
    (0..<impressions.count).flatMap { impression in
      impressions.candidates(of: impression).map { candidate in
        var generator = SeededGenerator(seed: seed &+ impressions.tweets[candidate] &* 0x9E37_79B9_7F4A_7C15)
        return generator.next() ^ (UInt64(impression) &* 0xD1B5_4A32_D192_ED03)
      }
    }
  }

  /// Measures all models; `slices` are parts of the impressions by name.
  package func run(
    _ models: [ScoredModel], slices: [(name: String, isIn: [Bool])]
  ) throws(MetricError) -> EvaluationResult {
    var lines: [String: EvaluationResult.Line] = [:]
    var gains: [String: [Double?]] = [:]
    var means: [String: [Double]] = [:]
    for model in models {
      let metrics = metrics(of: model)
      gains[model.name] = metrics.map(\.ndcg)
      means[model.name] = bootstrap.means(of: metrics.map(\.ndcg))
      lines[model.name] = try line(model, metrics, means[model.name] ?? [])
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
      withoutNegative: positives.indices.count { positives[$0] == impressions.candidates(of: $0).count }, seed: seed,
      models: lines,
      slices: Dictionary(
        slices.map { slice in
          let inside = slice.isIn.indices.filter { slice.isIn[$0] }
          let values = gains.compactMapValues { gains in Self.mean(inside.map { gains[$0] }) }
          return (slice.name, EvaluationResult.Slice(impressions: inside.count, ndcg: values))
        }, uniquingKeysWith: { first, _ in first }), switchedOff: [])
  }

  /// NDCG@10 of a model over all impressions; nil where no impression has a positive.
  package func ndcg(_ model: ScoredModel) -> Double? { Self.mean(metrics(of: model).map(\.ndcg)) }

  private func metrics(of model: ScoredModel) -> [OrderMetrics] {
    (0..<impressions.count).map { impression in
      let range = impressions.candidates(of: impression)
      return OrderMetrics(scores: model.scores[range], labels: impressions.labels[range], ties: ties[range])
    }
  }

  private func line(
    _ model: ScoredModel, _ metrics: [OrderMetrics], _ means: [Double]
  ) throws(MetricError) -> EvaluationResult.Line {
    var shown = Set<UInt64>()
    var (novelty, count) = (0.0, 0.0)
    for (impression, metric) in metrics.enumerated() {
      let start = impressions.offsets[impression]
      for candidate in metric.order.prefix(OrderMetrics.cutoff) {
        let tweet = impressions.tweets[start + candidate]
        shown.insert(tweet)
        novelty -= log2(popularity(tweet))
        count += 1
      }
    }
    let calibration: Calibration?
    if let probabilities = model.probabilities {
      calibration = try Calibration(probabilities: probabilities, labels: impressions.labels)
    } else {
      calibration = nil
    }
    let interval = PairedBootstrap.interval(means)
    let ndcg = Self.mean(metrics.map(\.ndcg))
    return EvaluationResult.Line(
      kind: model.kind, ndcg: ndcg, ndcgLow: ndcg.map { _ in interval.low }, ndcgHigh: ndcg.map { _ in interval.high },
      mrr: Self.mean(metrics.map(\.reciprocalRank)), map: Self.mean(metrics.map(\.averagePrecision)),
      auc: Self.mean(metrics.map(\.area)), recall: Self.mean(metrics.map(\.recall)),
      rce: calibration?.relativeCrossEntropy, ece: calibration?.expectedError,
      coverage: Double(shown.count) / Double(max(1, Set(impressions.tweets).count)),
      novelty: count > 0 ? novelty / count : 0)
  }

  private static func mean(_ values: [Double?]) -> Double? {
    let known = values.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }
}
