/// Estimates from rewards alone, each weighted by how much more often the target policy would have earned it.
package enum InverseProbability: Sendable, Equatable {
  /// mean(w·r): unbiased, at the price of variance (Horvitz and Thompson, JASA 1952; Precup, Sutton and Singh, ICML
  /// 2000).
  case plain
  /// mean(min(w, bound)·r): less variance, biased low for rewards of at least 0 (Bottou et al., "Counterfactual
  /// Reasoning and Learning Systems", JMLR 2013).
  case clipped(bound: Double)
  /// Σ w·r / Σ w: bounded by the rewards (Swaminathan and Joachims, "The Self-Normalized Estimator for Counterfactual
  /// Learning", NeurIPS 2015).
  case selfNormalised

  /// Estimates the target policy's mean reward.
  ///
  /// Throws where the target policy does what the log never shows: with a mean probability above `supportTolerance` for
  /// one action. The effective sample size is that of the weights used, so clipped where the estimate is.
  /// - Complexity: O(n · K).
  package func estimate(
    _ log: LoggedFeedback, supportTolerance: Double = 0
  ) throws(CounterfactualError) -> PolicyEstimate {
    let weights = try ImportanceWeights(log)
    try ImportanceWeights.checkSupport(log, tolerance: supportTolerance)
    let rows = Double(log.count)
    switch self {
    case .plain:
      return PolicyEstimate(
        value: Self.weightedSum(log, weights) / rows, effectiveSampleSize: weights.effectiveSampleSize)
    case .clipped(let bound):
      guard bound > 0 else { throw .badParameter(name: "bound", value: bound, reason: "not above 0") }
      let clipped = weights.mapped { min($0, bound) }
      return PolicyEstimate(
        value: Self.weightedSum(log, clipped) / rows, effectiveSampleSize: clipped.effectiveSampleSize)
    case .selfNormalised:
      return PolicyEstimate(
        value: Self.weightedSum(log, weights) / weights.sum, effectiveSampleSize: weights.effectiveSampleSize)
    }
  }

  private static func weightedSum(_ log: LoggedFeedback, _ weights: ImportanceWeights) -> Double {
    var sum = 0.0
    for row in 0..<log.count { sum += weights.values[row] * log.rewards[row] }
    return sum
  }
}

extension ImportanceWeights {
  private init(values: [Double]) {
    self.values = values
    sum = values.reduce(0, +)
  }

  /// The same rows with other weights, of which at least one is above 0.
  func mapped(_ change: (Double) -> Double) -> ImportanceWeights { ImportanceWeights(values: values.map(change)) }
}
