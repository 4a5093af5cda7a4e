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

  /// Calls `body` with each term of the document in `counter`, ascending, and its weight, which is still to be divided
  /// by the result; empties `counter`.
  ///
  /// A weight is `count · idf`, or `(1 + ln count) · idf`; the divisor is the vector's norm (summed in the order of the
  /// terms). Should all weights be 0, they are divided by 1 and stay 0, as in scikit-learn.
  @inline(__always)
  func drain(_ counter: inout TermCounter, _ body: (_ term: UInt32, _ weight: Double) -> Void) -> Double {
    var squares = 0.0
    var sum = 0.0
    inverseDocumentFrequency.withUnsafeBufferPointer { inverseDocumentFrequency in
      counter.drain { term, count in
        // The logarithm of 1 is exactly 0, and most terms occur once.
        let frequency = isSublinear && count > 1 ? 1 + log(Double(count)) : isSublinear ? 1 : Double(count)
        let weight = frequency * inverseDocumentFrequency[Int(term)]
        squares += weight * weight
        sum += abs(weight)
        body(term, weight)
      }
    }
    let divisor =
      switch norm {
      case .l2: squares.squareRoot()
      case .l1: sum
      case .none: 1.0
      }
    return divisor > 0 ? divisor : 1
  }

  /// `ln((s + documents) / (s + documentFrequency)) + 1` with s = 1 for scikit-learn's smooth inverse document
  /// frequency, as if one more document held every term, else 0.
  static func inverseDocumentFrequency(documents: Int, documentFrequency: Int, isSmooth: Bool) -> Double {
    let extra = isSmooth ? 1.0 : 0
    return log((Double(documents) + extra) / (Double(documentFrequency) + extra)) + 1
  }
}
