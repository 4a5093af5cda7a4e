import Glibc

/// How well probabilities describe what happened.
struct Calibration {
  /// Bins of equal numbers of candidates.
  static let bins = 15

  /// Mean distance of predicted and observed rates over bins of equal size, weighted by size (Naeini, Cooper and
  /// Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015), in [0, 1].
  let expectedError: Double
  /// Relative cross entropy in percent; nil if there is one class only.
  let relativeCrossEntropy: Double?

  init(probabilities: [Float], labels: [Bool]) throws(MetricError) {
    let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
    var error = 0.0
    for bin in 0..<Self.bins {
      let range = order.count * bin / Self.bins..<order.count * (bin + 1) / Self.bins
      let predicted = order[range].reduce(0.0) { $0 + Double(probabilities[$1]) }
      let observed = Double(order[range].count { labels[$0] })
      error += abs(predicted - observed)
    }
    expectedError = order.isEmpty ? 0 : error / Double(order.count)
    let loss = try LogLoss(labels: labels, probabilities: probabilities.map { Double($0) })
    relativeCrossEntropy = loss.baseline > 0 ? try loss.relativeCrossEntropy() : nil
  }
}
