/// Logistic regression with a squared penalty on its coefficients: the chance of a label, given features.
///
/// It minimises ½·|w|² + C·Σ s·ln(1 + e^(−y·(w·x + b))) with y = ±1 and an intercept b that is not penalised: the
/// optimum of scikit-learn's `LogisticRegression`. The penalty keeps it finite on separable data.
package struct LogisticRegression: Sendable, Equatable {
  /// w, one per feature.
  package let coefficients: [Double]
  /// b.
  package let intercept: Double

  /// A model with these parameters.
  package init(coefficients: [Double], intercept: Double) {
    self.coefficients = coefficients
    self.intercept = intercept
  }

  /// Learns from rows.
  ///
  /// - Parameters:
  ///   - features: n × `width`, row after row, finite.
  ///   - width: features per row; 0 learns the intercept only.
  ///   - labels: n; both classes must have a weight.
  ///   - weights: n, finite, at least 0; 1 each by default.
  ///   - inversePenalty: C, above 0; the larger, the less the coefficients are held back.
  /// - Complexity: O(n · width²) for each of usually under ten iterations.
  package init(
    features: [Double], width: Int, labels: [Bool], weights: [Double]? = nil, inversePenalty: Double = 1
  ) throws(CalibrationError) {
    guard !labels.isEmpty else { throw .empty }
    guard width >= 0, width <= 4096 else {
      throw .badParameter(name: "width", value: Double(width), reason: "not in 0 to 4096")
    }
    guard inversePenalty > 0, inversePenalty.isFinite else {
      throw .badParameter(name: "inversePenalty", value: inversePenalty, reason: "not a finite number above 0")
    }
    try CalibrationError.check("features", features, count: labels.count * width, width: width)
    let classes = try ClassWeights(labels: labels, weights: weights)
    guard classes.positives > 0, classes.negatives > 0 else {
      throw .oneClass(positives: classes.positives, negatives: classes.negatives)
    }
    let objective = LogisticObjective(
      features: features, width: width, targets: labels.map { $0 ? 1 : 0 }, weights: classes.shares,
      penalty: 1 / (inversePenalty * classes.total))
    let optimum = try objective.minimum()
    coefficients = Array(optimum.dropLast())
    intercept = optimum[width]
  }

  /// w·x + b; throws for a row of another width.
  package func margin(_ row: [Double]) throws(CalibrationError) -> Double {
    guard row.count == coefficients.count else {
      throw .lengthMismatch(name: "features", count: row.count, expected: coefficients.count)
    }
    var sum = intercept
    for feature in row.indices { sum += coefficients[feature] * row[feature] }
    return sum
  }

  /// The chance of the label, in [0, 1]; throws for a row of another width.
  package func probability(_ row: [Double]) throws(CalibrationError) -> Double {
    LogisticObjective.chance(try margin(row))
  }
}
