/// How much the rows of each class weigh.
struct ClassWeights {
  /// Weight of the rows whose label is true.
  let positives: Double
  /// Weight of the others.
  let negatives: Double
  /// Each row's weight over that of all.
  let shares: [Double]

  /// Adds up; weights are 1 each by default. Throws for bad weights, none above 0, or a sum that is not finite.
  init(labels: [Bool], weights: [Double]?) throws(CalibrationError) {
    if let weights {
      try CalibrationError.check("weights", weights, count: labels.count, isNegativeAllowed: false)
    }
    var positives = 0.0
    var negatives = 0.0
    for row in labels.indices {
      let weight = weights?[row] ?? 1
      if labels[row] { positives += weight } else { negatives += weight }
    }
    let total = positives + negatives
    guard total > 0 else { throw .zeroWeight(rows: labels.count) }
    guard total.isFinite else {
      throw .badValue(name: "sum of weights", value: total, row: labels.count - 1, reason: "not finite")
    }
    self.positives = positives
    self.negatives = negatives
    shares = labels.indices.map { (weights?[$0] ?? 1) / total }
  }

  /// Weight of all rows.
  var total: Double { positives + negatives }
}
