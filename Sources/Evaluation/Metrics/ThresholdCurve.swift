/// What is above each threshold: weights of the positives and negatives whose score reaches each distinct score, from
/// the highest down. The metrics of a binary classifier that look at order only are sums over it.
///
/// Rows with equal scores are one step, so no result depends on the order of ties (scikit-learn's
/// `metrics.confusion_matrix_at_thresholds`, formerly `_binary_clf_curve`).
package struct ThresholdCurve: Sendable {
  /// Weight of the positives at or above each threshold, ascending.
  package let positives: [Double]
  /// Weight of the negatives at or above each threshold, ascending.
  package let negatives: [Double]

  /// Sorts the rows by score.
  ///
  /// - Parameters:
  ///   - labels: true for a positive.
  ///   - scores: finite; higher for what is more likely positive.
  ///   - weights: finite, at least 0; 1 each by default. Rows of weight 0 count as absent.
  /// - Complexity: O(n log n).
  package init(labels: [Bool], scores: [Double], weights: [Double]? = nil) throws(MetricError) {
    guard !labels.isEmpty else { throw .empty }
    try MetricError.check("scores", scores, count: labels.count)
    if let weights { try MetricError.check("weights", weights, count: labels.count, isNegativeAllowed: false) }
    let order = labels.indices.filter { (weights?[$0] ?? 1) > 0 }.sorted { scores[$0] > scores[$1] }
    var above = (positives: 0.0, negatives: 0.0)
    var positives: [Double] = []
    var negatives: [Double] = []
    for (place, row) in order.enumerated() {
      let weight = weights?[row] ?? 1
      if labels[row] { above.positives += weight } else { above.negatives += weight }
      if place + 1 < order.count, scores[order[place + 1]] == scores[row] { continue }
      positives.append(above.positives)
      negatives.append(above.negatives)
    }
    self.positives = positives
    self.negatives = negatives
    for total in [above.positives, above.negatives] where !total.isFinite {
      throw .badValue(name: "sum of weights", value: total, row: labels.count - 1, reason: "not finite")
    }
  }

  /// Weight of all positives.
  package var allPositives: Double { positives.last ?? 0 }
  /// Weight of all negatives.
  package var allNegatives: Double { negatives.last ?? 0 }

  /// Throws where a class that `metric` needs has no weight.
  func requireClasses(_ metric: String, negatives needsNegatives: Bool = false) throws(MetricError) {
    guard allPositives > 0, !needsNegatives || allNegatives > 0 else {
      throw .oneClass(metric: metric, positives: allPositives, negatives: allNegatives)
    }
  }
}
