/// Turns texts into TF-IDF vectors over a fixed vocabulary: scikit-learn's `TfidfVectorizer.transform`.
///
/// Terms, counts and norm follow the ``TfidfOptions`` with which the vocabulary was learned. Weights are computed in
/// Double and rounded to Float at the end. Terms outside the vocabulary are ignored.
///
/// A vectorizer belongs to one worker: it holds the working memory for its longest text.
public struct TfidfVectorizer: Sendable {
  private let vocabulary: Vocabulary
  private let weighting: TfidfWeights
  private var reader: TermReader
  private var counter: TermCounter
  private var terms: [UInt32] = []
  private var exactWeights: [Double] = []
  private var weights: [Float] = []

  /// A vectorizer for a vocabulary of V terms and their V inverse document frequencies, learned with valid `options`.
  public init(
    vocabulary: Vocabulary, inverseDocumentFrequency: [Double], options: TfidfOptions = TfidfOptions()
  ) {
    precondition(
      vocabulary.count == inverseDocumentFrequency.count,
      "\(vocabulary.count) terms with \(inverseDocumentFrequency.count) inverse document frequencies")
    self.vocabulary = vocabulary
    weighting = TfidfWeights(inverseDocumentFrequency, options)
    reader = TermReader(options)
    counter = TermCounter(termCount: vocabulary.count)
  }

  /// Calls `body` with the vector of `text`: the numbers of its terms, ascending, and their weights, whose squares sum
  /// to 1 (with the norm l2). Both are empty if no term of the text is in the vocabulary. The pointers are valid during
  /// the call.
  /// - Complexity: O(bytes of the text · sum of the n-gram lengths + V / 4096). No allocation once a longer text and
  ///   one of more terms have been seen.
  public mutating func vectorize<R>(
    _ text: UnsafeRawBufferPointer,
    _ body: (_ terms: UnsafeBufferPointer<UInt32>, _ weights: UnsafeBufferPointer<Float>) -> R
  ) -> R {
    computeExactWeights(of: text)
    weights.removeAll(keepingCapacity: true)
    for weight in exactWeights { weights.append(Float(weight)) }
    return terms.withUnsafeBufferPointer { terms in
      weights.withUnsafeBufferPointer { weights in body(terms, weights) }
    }
  }

  /// The same vector before it is rounded, to be compared with scikit-learn's, which are of doubles.
  package mutating func exactVector(of text: UnsafeRawBufferPointer) -> (terms: [UInt32], weights: [Double]) {
    computeExactWeights(of: text)
    return (terms, exactWeights)
  }

  private mutating func computeExactWeights(of text: UnsafeRawBufferPointer) {
    let vocabulary = self.vocabulary
    reader.forEachTerm(text) { term in
      if let number = vocabulary.index(of: KeyedTerm(padded: term)) { counter.add(number) }
    }
    terms.removeAll(keepingCapacity: true)
    exactWeights.removeAll(keepingCapacity: true)
    let divisor = weighting.drain(&counter) { term, weight in
      terms.append(term)
      exactWeights.append(weight)
    }
    for index in exactWeights.indices { exactWeights[index] /= divisor }
  }
}
