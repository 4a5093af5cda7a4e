/// Why TF-IDF cannot be learned or applied as asked for.
public enum TfidfError: Error, Equatable, Sendable, CustomStringConvertible {
  /// An option outside its range.
  case badOption(name: String, value: String, reason: String)
  /// No document has a term; where scikit-learn says "empty vocabulary".
  case noTerms(documents: Int)
  /// The most documents that a term may have are fewer than it must have.
  case crossedBounds(atLeast: DocumentFrequency, atMost: DocumentFrequency, documents: Int)
  /// All terms are too rare or too common; where scikit-learn says "After pruning, no terms remain".
  case nothingLeft(terms: Int, atLeast: DocumentFrequency, atMost: DocumentFrequency, documents: Int)
  /// Text that is no ``TfidfOptions/description``.
  case badText(item: String, expected: String)

  /// One sentence with the offending value.
  public var description: String {
    switch self {
    case .badOption(let name, let value, let reason): "\(name) \(value): \(reason)"
    case .noTerms(let documents):
      "none of \(documents) documents has a term; they may be empty or hold only stop words"
    case .crossedBounds(let atLeast, let atMost, let documents):
      "a maximum document frequency of \(atMost) is less than the minimum of \(atLeast) for \(documents) documents"
    case .nothingLeft(let terms, let atLeast, let atMost, let documents):
      "none of \(terms) terms has a document frequency from \(atLeast) to \(atMost) among \(documents) documents"
    case .badText(let item, let expected): "TF-IDF options: got: '\(item)' expected: \(expected)"
    }
  }
}
