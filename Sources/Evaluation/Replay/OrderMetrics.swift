/// How good the order of one impression is. Undefined values are nil.
struct OrderMetrics {
  /// Positions that count where a metric has a cutoff.
  static let cutoff = 10

  /// In [0, 1]; nil without a positive.
  private(set) var ndcg: Double?
  private(set) var reciprocalRank: Double?
  private(set) var averagePrecision: Double?
  private(set) var recall: Double?
  /// In [0, 1]; nil without a positive or without a negative. Ties count half.
  private(set) var area: Double?
  /// Candidates from the first position down, up to ``cutoff`` of them.
  let top: [Int]

  /// Orders candidates by score. Equal scores keep the order in which they are given, which must not know the labels.
  init(scores: [Double], labels: [Bool]) throws(MetricError) {
    let ranking = try RankedGains(gains: labels.map { $0 ? 1 : 0 }, scores: scores)
    top = Array(ranking.order.prefix(Self.cutoff))
    let positives = ranking.relevant
    guard positives > 0 else { return }
    ndcg = try NormalizedGain(cutoff: Self.cutoff, ties: .inOrder).value(of: ranking)
    reciprocalRank = ranking.reciprocalRank
    averagePrecision = try ranking.averagePrecision(at: Self.cutoff)
    recall = try ranking.recall(at: Self.cutoff)
    if positives < labels.count { area = try ThresholdCurve(labels: labels, scores: scores).rocArea() }
  }
}
