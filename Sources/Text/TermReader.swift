/// Gives the terms of a text: its tokens without the stop words, and their n-grams, as scikit-learn's `_word_ngrams`.
///
/// A reader keeps the memory for its longest text. Copies are independent.
struct TermReader: Sendable {
  private var tokenizer = Tokenizer()
  private let tokens: TermTokens
  private let ngrams: ClosedRange<Int>
  /// Whether the words are the terms.
  private let isPlain: Bool
  private var joined: JoinedTokens

  /// A reader for valid options.
  init(_ options: TfidfOptions) {
    let stopWords = options.stopWords.table
    tokens = options.tokens
    ngrams = options.ngrams
    isPlain = stopWords == nil && ngrams == 1...1 && tokens == .words
    joined = JoinedTokens(stopWords: stopWords)
  }

  /// Calls `body` with the bytes of each term, an n-gram as often as it occurs; terms of the same length stand in the
  /// order of the text. The pointers are valid until the last call ends, and ``TermKey/init(padded:)`` may be used.
  /// - Complexity: O(bytes · sum of the n-gram lengths).
  @inline(__always)
  mutating func forEachTerm(_ text: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    if isPlain {
      tokenizer.forEachTerm(text, body)
    } else {
      join(text)
      joined.forEachNgram(ngrams, body)
    }
  }

  private mutating func join(_ text: UnsafeRawBufferPointer) {
    joined.removeAll()
    switch tokens {
    case .words: tokenizer.forEachTerm(text) { joined.append($0) }
    case .tweet: TweetTokens.forEach(in: text, words: &tokenizer) { joined.append($0) }
    }
    joined.end()
  }
}
