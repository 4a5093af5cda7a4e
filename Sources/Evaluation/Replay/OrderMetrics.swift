import Glibc
import Kernels

/// How good the order of one impression is. Undefined values are nil.
struct OrderMetrics {
  /// Positions that count where a metric has a cutoff.
  static let cutoff = 10

  /// In [0, 1]; nil without a positive.
  var ndcg: Double?
  var reciprocalRank: Double?
  var averagePrecision: Double?
  var recall: Double?
  /// In [0, 1]; nil without a positive or without a negative. Ties count half.
  var area: Double?
  /// Candidates from the first position down.
  var order: [Int]

  /// Orders candidates by score. Equal scores stand in the order of `ties`, which must not know the labels.
  init(scores: ArraySlice<Float>, labels: ArraySlice<Bool>, ties: ArraySlice<UInt64>) {
    let (scores, labels, ties) = (Array(scores), Array(labels), Array(ties))
    order = scores.indices.sorted { a, b in
      scores[a] == scores[b] ? (ties[a], a) < (ties[b], b) : scores[a] > scores[b]
    }
    let positives = labels.count { $0 }
    guard positives > 0 else { return }
    var (gain, ideal, found, precision) = (0.0, 0.0, 0.0, 0.0)
    for (position, candidate) in order.prefix(Self.cutoff).enumerated() {
      let discount = 1 / log2(Double(position + 2))
      if position < positives { ideal += discount }
      guard labels[candidate] else { continue }
      gain += discount
      found += 1
      precision += found / Double(position + 1)
    }
    ndcg = gain / ideal
    averagePrecision = precision / Double(min(Self.cutoff, positives))
    recall = found / Double(positives)
    reciprocalRank = order.firstIndex { labels[$0] }.map { 1 / Double($0 + 1) }
    area = Self.area(scores, labels, order, positives: positives)
  }

  /// The share of pairs of a positive and a negative that stand in the right order (Mann and Whitney's U).
  private static func area(_ scores: [Float], _ labels: [Bool], _ order: [Int], positives: Int) -> Double? {
    let negatives = labels.count - positives
    guard negatives > 0 else { return nil }
    var (won, above) = (0.0, 0.0)
    var start = 0
    while start < order.count {
      var end = start
      var (tiedPositives, tiedNegatives) = (0.0, 0.0)
      while end < order.count, scores[order[end]] == scores[order[start]] {
        if labels[order[end]] { tiedPositives += 1 } else { tiedNegatives += 1 }
        end += 1
      }
      won += tiedPositives * (Double(negatives) - above - tiedNegatives / 2)
      above += tiedNegatives
      start = end
    }
    return won / (Double(positives) * Double(negatives))
  }
}
