import Glibc

/// Platt's scaling: a score becomes a probability through a logistic curve, 1 / (1 + e^−(slope·score + offset)).
///
/// With smoothing the curve is fitted to (N₊ + 1)/(N₊ + 2) for positives and 1/(N₋ + 2) for negatives, which keeps it
/// finite on separable data and of sense with one class only (Platt, "Probabilistic Outputs for Support Vector
/// Machines", 1999, with weights summed to N; scikit-learn's `CalibratedClassifierCV(method="sigmoid")`, whose a and b
/// are these negated).
package struct PlattScaling: Sendable, Equatable {
  /// What one unit of score adds to the log odds.
  package let slope: Double
  /// Log odds of score 0.
  package let offset: Double

  /// A curve with these parameters.
  package init(slope: Double, offset: Double) {
    self.slope = slope
    self.offset = offset
  }

  /// Fits the curve. All scores equal give slope 0 and the smoothed share of positives.
  ///
  /// - Parameters:
  ///   - scores: n, finite; any scale.
  ///   - labels: n.
  ///   - weights: n, finite, at least 0, not all 0; 1 each by default.
  ///   - isSmoothed: as above. Without it, separable classes or one class alone have no best curve: an error.
  /// - Complexity: O(n) for each of usually under ten iterations.
  package init(
    scores: [Double], labels: [Bool], weights: [Double]? = nil, isSmoothed: Bool = true
  ) throws(CalibrationError) {
    guard !labels.isEmpty else { throw .empty }
    try CalibrationError.check("scores", scores, count: labels.count)
    let classes = try ClassWeights(labels: labels, weights: weights)
    let high = isSmoothed ? (classes.positives + 1) / (classes.positives + 2) : 1
    let low = isSmoothed ? 1 / (classes.negatives + 2) : 0
    let used = scores.indices.filter { classes.shares[$0] > 0 }
    let extent = Extent(of: used.lazy.map { scores[$0] })
    if !isSmoothed { try Self.requireOverlap(scores, labels, used, classes, extent) }
    guard extent.lower < extent.upper else {
      let mean = (classes.positives * high + classes.negatives * low) / classes.total
      slope = 0
      offset = log(mean / (1 - mean))
      return
    }
    // Scores on a scale of 1 cannot overflow when squared; the curve is the same.
    let scale = max(extent.lower.magnitude, extent.upper.magnitude)
    let objective = LogisticObjective(
      features: scores.map { $0 / scale }, width: 1, targets: labels.map { $0 ? high : low },
      weights: classes.shares, penalty: 0)
    let optimum = try objective.minimum()
    slope = optimum[0] / scale
    offset = optimum[1]
    guard slope.isFinite else { throw .badValue(name: "score", value: scale, row: 0, reason: "too near to 0") }
  }

  /// The probability of a score; ½ at log odds of 0.
  package func probability(_ score: Double) -> Double { LogisticObjective.chance(slope * score + offset) }

  /// The least and the greatest of some numbers.
  private struct Extent {
    var lower = Double.infinity
    var upper = -Double.infinity

    init(of values: some Sequence<Double>) {
      for value in values {
        lower = min(lower, value)
        upper = max(upper, value)
      }
    }
  }

  /// Without smoothing the optimum is finite only if the classes overlap, or if there is one score only.
  private static func requireOverlap(
    _ scores: [Double], _ labels: [Bool], _ used: [Int], _ classes: ClassWeights, _ all: Extent
  ) throws(CalibrationError) {
    guard classes.positives > 0, classes.negatives > 0 else {
      throw .oneClass(positives: classes.positives, negatives: classes.negatives)
    }
    guard all.lower < all.upper else { return }
    let positives = Extent(of: used.lazy.filter { labels[$0] }.map { scores[$0] })
    let negatives = Extent(of: used.lazy.filter { !labels[$0] }.map { scores[$0] })
    guard positives.lower < negatives.upper, negatives.lower < positives.upper else { throw .separable }
  }
}
