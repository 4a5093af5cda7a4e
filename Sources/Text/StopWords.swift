/// Tokens that are left out before terms are made of the others; scikit-learn's `stop_words`.
public enum StopWords: Sendable, Equatable {
  /// Nothing is left out.
  case none
  /// The 318 English words of ``EnglishStopWordTable``.
  case english
  /// These tokens, compared byte by byte with tokens in lower case. A word that the tokenizer would not give as one
  /// token ("don't", "The", "a") never meets its like and has no effect, as in scikit-learn.
  case words([String])

  /// The tokens to leave out.
  var table: TermTable? {
    var table = TermTable()
    func add(_ bytes: UnsafeBufferPointer<UInt8>) { _ = table.intern(bytes) }
    switch self {
    case .none: return nil
    case .english: EnglishStopWordTable.forEachWord(add)
    case .words(let words):
      for word in words { Array(word.utf8).withUnsafeBufferPointer(add) }
    }
    return table.count == 0 ? nil : table
  }
}
