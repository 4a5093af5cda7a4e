import Glibc

/// The weighting itself, shared by training and serving so that both give the same bits.
struct TfidfWeights: Sendable {
  /// [V], V being the number of terms.
  let inverseDocumentFrequency: [Double]
  let isSublinear: Bool
  let norm: TfidfNorm

  init(_ inverseDocumentFrequency: [Double], _ options: TfidfOptions) {
    self.inverseDocumentFrequency = inverseDocumentFrequency
    isSublinear = options.isSublinear
    norm = options.norm
  }

  /// Appends to `terms` and `weights` the vector of the document in `counter`, which is emptied.
  ///
  /// A weight is `count · idf`, or `(1 + ln count) · idf`, divided by the vector's norm (summed in the order of the
  /// terms). Should all weights be 0, they stay 0, as in scikit-learn.
  @inline(__always)
  func appendVector(of counter: inout TermCounter, terms: inout [UInt32], weights: inout [Double]) {
    let start = weights.count
    var squares = 0.0
    var sum = 0.0
    counter.drain { term, count in
      // The logarithm of 1 is exactly 0, and most terms occur once.
      let frequency = isSublinear && count > 1 ? 1 + log(Double(count)) : isSublinear ? 1 : Double(count)
      let weight = frequency * inverseDocumentFrequency[Int(term)]
      squares += weight * weight
      sum += abs(weight)
      terms.append(term)
      weights.append(weight)
    }
    let divisor =
      switch norm {
      case .l2: squares.squareRoot()
      case .l1: sum
      case .none: 1.0
      }
    if divisor > 0, divisor != 1 {
      for index in start..<weights.count { weights[index] /= divisor }
    }
  }

  /// `ln((s + documents) / (s + documentFrequency)) + 1` with s = 1 for scikit-learn's smooth inverse document
  /// frequency, as if one more document held every term, else 0.
  static func inverseDocumentFrequency(documents: Int, documentFrequency: Int, isSmooth: Bool) -> Double {
    let extra = isSmooth ? 1.0 : 0
    return log((Double(documents) + extra) / (Double(documentFrequency) + extra)) + 1
  }
}
