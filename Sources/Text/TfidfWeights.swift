import Glibc

/// The weighting itself, shared by training and serving so that both give the same bits.
enum TfidfWeights {
  /// Replaces `terms` and `weights` by the vector of the document in `counter`, which is emptied.
  ///
  /// A weight is `count · idf`, divided by the Euclidean length of them all (summed in the order of the terms). Should
  /// all weights be 0, they stay 0, as in scikit-learn.
  static func drain(
    _ counter: inout TermCounter, _ inverseDocumentFrequency: [Double], terms: inout [UInt32],
    weights: inout [Double]
  ) {
    terms.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
    var squaredLength = 0.0
    counter.drain { term, count in
      let weight = Double(count) * inverseDocumentFrequency[Int(term)]
      squaredLength += weight * weight
      terms.append(term)
      weights.append(weight)
    }
    if squaredLength > 0 {
      let length = squaredLength.squareRoot()
      for index in weights.indices { weights[index] /= length }
    }
  }

  /// `ln((1 + documents) / (1 + documentFrequency)) + 1`: scikit-learn's smooth inverse document frequency, as if one
  /// more document held every term.
  static func inverseDocumentFrequency(documents: Int, documentFrequency: UInt32) -> Double {
    log(Double(1 + documents) / (1 + Double(documentFrequency))) + 1
  }
}
