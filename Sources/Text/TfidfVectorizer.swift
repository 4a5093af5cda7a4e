/// Turns texts into TF-IDF vectors over a fixed vocabulary: scikit-learn's `TfidfVectorizer.transform` with its defaults.
///
/// The weight of a term is its count in the text times its inverse document frequency, divided by the Euclidean length
/// of the vector. It is computed in Double and rounded to Float at the end. Terms outside the vocabulary are ignored.
///
/// A vectorizer belongs to one worker: it holds the working memory for its longest text.
public struct TfidfVectorizer: Sendable {
  private let vocabulary: Vocabulary
  /// [V], V being the number of terms.
  private let inverseDocumentFrequency: [Double]
  private var tokenizer = Tokenizer()
  private var counter: TermCounter
  private var terms: [UInt32] = []
  private var exactWeights: [Double] = []
  private var weights: [Float] = []

  /// A vectorizer for a vocabulary of V terms and their V inverse document frequencies, as of ``TfidfModel``.
  public init(vocabulary: Vocabulary, inverseDocumentFrequency: [Double]) {
    precondition(
      vocabulary.count == inverseDocumentFrequency.count,
      "\(vocabulary.count) terms with \(inverseDocumentFrequency.count) inverse document frequencies")
    self.vocabulary = vocabulary
    self.inverseDocumentFrequency = inverseDocumentFrequency
    counter = TermCounter(termCount: vocabulary.count)
  }

  /// Calls `body` with the vector of `text`: the numbers of its terms, ascending, and their weights, whose squares sum
  /// to 1. Both are empty if no term of the text is in the vocabulary. The pointers are valid during the call.
  /// - Complexity: O(bytes of the text + V / 64). No allocation once a longer text and one of more terms have been seen.
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
  mutating func exactVector(of text: UnsafeRawBufferPointer) -> (terms: [UInt32], weights: [Double]) {
    computeExactWeights(of: text)
    return (terms, exactWeights)
  }

  private mutating func computeExactWeights(of text: UnsafeRawBufferPointer) {
    let vocabulary = self.vocabulary
    tokenizer.forEachTerm(text) { term in
      if let number = vocabulary.index(of: term) { counter.add(number) }
    }
    TfidfWeights.drain(&counter, inverseDocumentFrequency, terms: &terms, weights: &exactWeights)
  }
}
