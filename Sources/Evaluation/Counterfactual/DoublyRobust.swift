/// Estimates from predictions, corrected where the log shows how far they were off: right if either the propensities or
/// the predictions are (Dudík, Langford and Li, "Doubly Robust Policy Evaluation and Learning", ICML 2011).
///
/// Every variant is mean(q̄) plus a mean of c·(r − q̂), where q̄ is the prediction for the target's own choice, q̂ that
/// for the logged action, and c depends on the importance weight w.
package enum DoublyRobust: Sendable, Equatable {
  /// c = 0: the direct method, which believes the predictions.
  case directMethod
  /// c = w.
  case plain
  /// c = w over the mean of w (Thomas and Brunskill, "Data-Efficient Off-Policy Policy Evaluation", ICML 2016).
  case selfNormalised
  /// c = w up to the threshold, 0 above it (Wang, Agarwal and Dudík, "Optimal and Adaptive Off-policy Evaluation in
  /// Contextual Bandits", ICML 2017).
  case switching(threshold: Double)
  /// c = λ·w / (w² + λ), optimistic shrinkage (Su, Dimakopoulou, Krishnamurthy and Dudík, "Doubly robust off-policy
  /// evaluation with shrinkage", ICML 2020).
  case shrunk(lambda: Double)

  /// Estimates the target policy's mean reward.
  ///
  /// An action that the log never shows is no error here, since the predictions cover it; that the target takes none of
  /// the logged actions is, except for the direct method, which looks at no weight.
  /// - Complexity: O(n).
  package func estimate(
    _ log: LoggedFeedback, predictions: RewardPredictions
  ) throws(CounterfactualError) -> PolicyEstimate {
    guard predictions.values.count == log.target.count else {
      throw .lengthMismatch(name: "predictions", count: predictions.values.count, expected: log.target.count)
    }
    let rows = Double(log.count)
    let direct = predictions.expected.reduce(0, +) / rows
    if self == .directMethod { return PolicyEstimate(value: direct, effectiveSampleSize: rows) }
    let weights = try ImportanceWeights(log)
    let meanWeight = weights.sum / rows
    let correct = try correction(meanWeight: meanWeight)
    var sum = 0.0
    for row in 0..<log.count { sum += correct(weights.values[row]) * (log.rewards[row] - predictions.taken[row]) }
    return PolicyEstimate(value: direct + sum / rows, effectiveSampleSize: weights.effectiveSampleSize)
  }

  /// c as a function of w.
  private func correction(meanWeight: Double) throws(CounterfactualError) -> (Double) -> Double {
    switch self {
    case .directMethod: return { _ in 0 }
    case .plain: return { $0 }
    case .selfNormalised: return { $0 / meanWeight }
    case .switching(let threshold):
      guard threshold >= 0 else { throw .badParameter(name: "threshold", value: threshold, reason: "not at least 0") }
      return { $0 <= threshold ? $0 : 0 }
    case .shrunk(let lambda):
      guard lambda >= 0, lambda.isFinite else {
        throw .badParameter(name: "lambda", value: lambda, reason: "not a finite number of at least 0")
      }
      // Divided through by w, so that no square overflows; w = 0 leaves 0.
      return { weight in weight > 0 ? lambda / (weight + lambda / weight) : 0 }
    }
  }
}
