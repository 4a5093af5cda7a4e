import Kernels

/// From the sums of a pair to its similarity; the formulas of Surprise's `similarities.pyx`.
struct PairFormula: Sendable {
  let measure: Similarity
  /// Common ratings that a pair must have.
  let minSupport: Double
  let shrinkage: Double

  init(_ options: SimilarityOptions) {
    measure = options.measure
    // One common rating says nothing about a correlation that shrinks with n − 1.
    minSupport = Double(options.measure == .pearsonBaseline ? max(2, options.minSupport) : options.minSupport)
    shrinkage = options.shrinkage
  }

  /// Which sums the measure needs.
  var sums: PairSums.Kind {
    switch measure {
    case .cosine, .pearsonBaseline: .products
    case .meanSquaredDifference: .differences
    case .pearson: .moments
    }
  }

  /// The similarity; 0 below the support, nil where the formula divides by zero. `sums` are laid out as
  /// ``PairSums/Kind`` says. Pearson may give NaN or leave [−1, 1] where rounding makes a variance of equal ratings
  /// something other than 0, as it does in Surprise.
  @inline(__always)
  func similarity(_ sums: UnsafePointer<Double>) -> Double? {
    let count = sums[0]
    if count < minSupport { return 0 }
    switch measure {
    case .cosine:
      let length = (sums[2] * sums[3]).squareRoot()
      return length == 0 ? nil : sums[1] / length
    case .meanSquaredDifference:
      return 1 / (sums[1] / count + 1)
    case .pearson:
      let covariance = count * sums[1] - sums[4] * sums[5]
      let deviations = ((count * sums[2] - sums[4] * sums[4]) * (count * sums[3] - sums[5] * sums[5])).squareRoot()
      return deviations == 0 ? 0 : covariance / deviations
    case .pearsonBaseline:
      let length = (sums[2] * sums[3]).squareRoot()
      return length == 0 ? nil : sums[1] / length * ((count - 1) / (count - 1 + shrinkage))
    }
  }
}
