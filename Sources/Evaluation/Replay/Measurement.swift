import Glibc

/// What the orders that one model gives come to over all impressions.
struct Measurement {
  /// NDCG@10 of each impression; nil without a positive.
  private(set) var gains: [Double?] = []
  private var ndcgMean = QueryMean()
  private var reciprocalRank = QueryMean()
  private var averagePrecision = QueryMean()
  private var recall = QueryMean()
  private var area = QueryMean()
  /// Tweets that reach a first ten, the places that they fill, and how surprising they are, in bits.
  private var shown = Set<UInt64>()
  private var places = 0
  private var surprise = 0.0

  /// Counts one impression; `tweets` are those of ``OrderMetrics/top``.
  mutating func add(
    _ metrics: OrderMetrics, tweets: [UInt64], popularity: (UInt64) -> Double
  ) throws(MetricError) {
    gains.append(metrics.ndcg)
    try ndcgMean.add(metrics.ndcg)
    try reciprocalRank.add(metrics.reciprocalRank)
    try averagePrecision.add(metrics.averagePrecision)
    try recall.add(metrics.recall)
    try area.add(metrics.area)
    for tweet in tweets {
      shown.insert(tweet)
      surprise -= log2(popularity(tweet))
      places += 1
    }
  }

  /// NDCG@10 over all impressions; nil where none has a positive.
  var ndcg: Double? { ndcgMean.ifAny }

  /// The model's line; `means` are those of NDCG@10 in each resample, `offered` the number of different candidates.
  func line(
    _ kind: ScoredModel.Kind, means: [Double], calibration: Calibration?, offered: Int
  ) -> EvaluationResult.Line {
    let interval = PairedBootstrap.interval(means)
    return EvaluationResult.Line(
      kind: kind, ndcg: ndcg, ndcgLow: ndcg.map { _ in interval.low }, ndcgHigh: ndcg.map { _ in interval.high },
      mrr: reciprocalRank.ifAny, map: averagePrecision.ifAny, auc: area.ifAny, recall: recall.ifAny,
      rce: calibration?.relativeCrossEntropy, ece: calibration?.expectedError,
      coverage: Double(shown.count) / Double(max(1, offered)), novelty: places > 0 ? surprise / Double(places) : 0)
  }
}

extension QueryMean {
  /// Counts a value where there is one.
  fileprivate mutating func add(_ value: Double?) throws(MetricError) {
    if let value { try add(value) }
  }
}
