extension ThresholdCurve {
  /// Average precision: the sum over thresholds of precision times the step of recall, as scikit-learn's
  /// `average_precision_score`. In (0, 1]; the positives' share when all scores are equal, 1 without negatives.
  ///
  /// Throws if the positives have no weight (where scikit-learn warns and says 0).
  /// - Complexity: O(thresholds).
  package func averagePrecision() throws(MetricError) -> Double {
    try requireClasses("average precision")
    var sum = 0.0
    var before = 0.0
    for step in positives.indices {
      sum += precision(step) * (positives[step] - before)
      before = positives[step]
    }
    return sum / allPositives
  }

  /// Area under the precision-recall curve by trapezoids, from precision 1 at recall 0: scikit-learn's `auc` of its
  /// `precision_recall_curve`, which is known to flatter. In (0, 1].
  ///
  /// Throws if the positives have no weight.
  /// - Complexity: O(thresholds).
  package func precisionRecallArea() throws(MetricError) -> Double {
    try requireClasses("area under precision and recall")
    var area = 0.0
    var before = (positives: 0.0, precision: 1.0)
    for step in positives.indices {
      let now = precision(step)
      area += (positives[step] - before.positives) * (now + before.precision) / 2
      before = (positives[step], now)
    }
    return area / allPositives
  }

  /// Share of positives at or above a threshold, which something with a weight always is.
  private func precision(_ step: Int) -> Double { positives[step] / (positives[step] + negatives[step]) }
}
