/// What a group of signals adds: the ranker learned again without it, on the same impressions.
package struct AblationLine: Sendable, Encodable {
  /// Name of the group, and of its signals.
  package let group: String
  package let signals: [String]
  /// NDCG@10 without the group.
  package let ndcg: Double
  /// NDCG@10 of the whole ranker minus that, with the paired 95 % interval.
  package let gain: Double
  package let gainLow: Double
  package let gainHigh: Double

  enum CodingKeys: String, CodingKey {
    case group, signals
    case ndcg = "ndcg@10_without"
    case gain
    case gainLow = "gain_low"
    case gainHigh = "gain_high"
  }
}
