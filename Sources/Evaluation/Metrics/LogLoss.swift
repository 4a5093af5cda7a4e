import Glibc

/// How well predicted probabilities describe what happened: the mean of −ln of the probability given to each outcome.
package struct LogLoss: Sendable, Equatable {
  /// Mean loss in nats, weighted; at least 0.
  package let value: Double
  /// Weighted share of positives, in [0, 1].
  package let baseRate: Double

  /// Probabilities are held this far from 0 and 1, so that one confident mistake costs about 36 nats and not infinity:
  /// scikit-learn's `log_loss`, which takes the machine epsilon of the predictions' type.
  package static let margin = Double.ulpOfOne

  /// Measures predictions.
  ///
  /// - Parameters:
  ///   - labels: true for what happened. One class alone is allowed.
  ///   - probabilities: in [0, 1].
  ///   - weights: finite, at least 0, not all 0; 1 each by default.
  /// - Complexity: O(n).
  package init(labels: [Bool], probabilities: [Double], weights: [Double]? = nil) throws(MetricError) {
    guard !labels.isEmpty else { throw .empty }
    try MetricError.check("probabilities", probabilities, count: labels.count)
    if let weights { try MetricError.check("weights", weights, count: labels.count, isNegativeAllowed: false) }
    var sum = 0.0
    var positives = 0.0
    var all = 0.0
    for row in labels.indices {
      let probability = probabilities[row]
      guard (0...1).contains(probability) else {
        throw .badValue(name: "probability", value: probability, row: row, reason: "not in 0 to 1")
      }
      let weight = weights?[row] ?? 1
      let held = min(max(probability, Self.margin), 1 - Self.margin)
      sum -= weight * (labels[row] ? log(held) : log(1 - held))
      if labels[row] { positives += weight }
      all += weight
    }
    guard all > 0, all.isFinite, sum.isFinite else {
      throw .badValue(name: "sum of weights", value: all, row: labels.count - 1, reason: "not a finite number above 0")
    }
    value = sum / all
    baseRate = positives / all
  }

  /// Loss of predicting the base rate for every row, in nats: the entropy of the labels. 0 if there is one class only.
  package var baseline: Double {
    guard baseRate > 0, baseRate < 1 else { return 0 }
    return -(baseRate * log(baseRate) + (1 - baseRate) * log(1 - baseRate))
  }

  /// Relative cross entropy: by how many percent the loss is below the base rate's; negative if it is above.
  ///
  /// As in the RecSys Challenge 2020 (Belli et al., "Privacy-Aware Recommender Systems Challenge on Twitter's Home
  /// Timeline"), with the base rate of these rows. Throws if there is one class only.
  package func relativeCrossEntropy() throws(MetricError) -> Double {
    guard baseline > 0 else {
      throw .oneClass(metric: "relative cross entropy", positives: baseRate, negatives: 1 - baseRate)
    }
    return (1 - value / baseline) * 100
  }
}
