/// Impressions ranked again where something was hidden on purpose: how well does the ranker do without?
package struct MadeSlice: Sendable, Encodable {
  package let impressions: Int
  /// NDCG@10 of the ranker with it hidden, of the random order, and of the ranker on the same impressions as they were.
  package let ranker: Double
  package let random: Double
  package let unchanged: Double
  /// The ranker with it hidden over the random order.
  package let difference: EvaluationResult.Difference
}
