import Kernels

/// What TF-IDF learns from a collection of documents.
public struct TfidfModel: Sendable {
  /// The vocabulary's V terms as UTF-8, in byte order; a term's place is its number.
  public let terms: [[UInt8]]
  /// [V]: `ln((1 + documents) / (1 + documents with the term)) + 1`, at least 1.
  public let inverseDocumentFrequency: [Double]
  /// [documents, V]: the vector of each document in the order in which they were added; its squares sum to 1 unless the
  /// document has no term of the vocabulary.
  public let vectors: SparseRows<Float>

  /// The vocabulary, ready for look-ups.
  /// - Complexity: O(bytes of all terms).
  public var vocabulary: Vocabulary { Vocabulary(terms: terms) }
}
