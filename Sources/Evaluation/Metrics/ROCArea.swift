extension ThresholdCurve {
  /// Area under the receiver operating characteristic: the chance that a positive drawn by weight scores above a
  /// negative, ties counting half. In [0, 1]; ½ when all scores are equal.
  ///
  /// The trapezoids of scikit-learn's `roc_auc_score`. Throws if a class has no weight.
  /// - Complexity: O(thresholds).
  package func rocArea() throws(MetricError) -> Double {
    try requireClasses("AUC", negatives: true)
    var area = 0.0
    var before = (positives: 0.0, negatives: 0.0)
    for step in positives.indices {
      area += (negatives[step] - before.negatives) * (positives[step] + before.positives) / 2
      before = (positives[step], negatives[step])
    }
    return area / allPositives / allNegatives
  }
}
