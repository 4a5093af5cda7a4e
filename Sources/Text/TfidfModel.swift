import Kernels

/// What TF-IDF learns from a collection of documents, in Float for a model file or in Double.
package struct TfidfModel<Weight: Sendable>: Sendable {
  /// The vocabulary's V terms as UTF-8, in byte order; a term's place is its number.
  package let terms: [[UInt8]]
  /// [V]: ``TfidfWeights/inverseDocumentFrequency(documents:documentFrequency:isSmooth:)``.
  package let inverseDocumentFrequency: [Double]
  /// [documents, V]: the vector of each document, in their order, of norm 1 unless the document has no term of the
  /// vocabulary or the options want no norm.
  package let vectors: SparseRows<Weight>
  /// [V]: in how many documents each term occurs, and how often in all of them.
  let frequencies: [TermFrequency]

  /// The vocabulary, ready for look-ups.
  /// - Complexity: O(bytes of all terms).
  package var vocabulary: Vocabulary { Vocabulary(terms: terms) }

  /// What there is to know from documents without terms.
  package static func empty(documents: Int) -> TfidfModel {
    let offsets = [UInt64](repeating: 0, count: documents + 1)
    return TfidfModel(
      terms: [], inverseDocumentFrequency: [], vectors: SparseRows(offsets: offsets, columns: [], values: []),
      frequencies: [])
  }
}
