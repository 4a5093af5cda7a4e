/// How common a term is.
struct TermFrequency: Sendable, Equatable {
  /// How often it occurs.
  var occurrences: UInt64 = 0
  /// In how many documents.
  var documents = 0
}
