/// The terms that a model knows, each with its number, found by their UTF-8 bytes (so composed and decomposed letters
/// are different terms, as they are to Python).
public struct Vocabulary: Sendable {
  private let table: TermTable

  /// A vocabulary in which the i-th of `terms` has number i. A term that occurs twice keeps its first number, and its
  /// second number is never found; ``count`` includes it.
  /// - Complexity: O(bytes of all terms), expected.
  public init(terms: [[UInt8]]) {
    var table = TermTable()
    for term in terms {
      term.withUnsafeBufferPointer { table.append($0) }
    }
    self.table = table
  }

  /// Number of terms.
  public var count: Int { table.count }

  /// The number of a term, or nil for an unknown one.
  /// - Complexity: O(bytes of the term), expected; no allocation.
  public func index(of term: UnsafeBufferPointer<UInt8>) -> UInt32? {
    table.index(of: term)
  }

  /// The same with the term's key at hand.
  @inline(__always)
  func index(of term: KeyedTerm) -> UInt32? { table.index(of: term) }
}
