/// Gives the terms of a text: its tokens without the stop words, and their n-grams, as scikit-learn's `_word_ngrams`.
///
/// A reader keeps the memory for its longest text. Copies are independent.
struct TermReader: Sendable {
  private var tokenizer = Tokenizer()
  private let stopWords: TermTable?
  private let ngrams: ClosedRange<Int>
  /// Whether the tokens are the terms.
  private let isPlain: Bool
  /// The tokens of a text that stay, with a space between them: every n-gram is a stretch of it.
  private var joined: [UInt8] = []
  /// Where each of these tokens begins and ends in ``joined``.
  private var tokens: [Range<Int>] = []

  /// A reader for valid options.
  init(_ options: TfidfOptions) {
    stopWords = options.stopWords.table
    ngrams = options.ngrams
    isPlain = stopWords == nil && ngrams == 1...1
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
      forEachNgram(body)
    }
  }

  private mutating func join(_ text: UnsafeRawBufferPointer) {
    joined.removeAll(keepingCapacity: true)
    tokens.removeAll(keepingCapacity: true)
    tokenizer.forEachTerm(text) { token in
      if let stopWords, stopWords.index(of: token) != nil { return }
      if !joined.isEmpty { joined.append(UInt8(ascii: " ")) }
      tokens.append(joined.count..<joined.count + token.count)
      joined.append(contentsOf: token)
    }
    // Behind the last token too, eight bytes may be read.
    joined.append(contentsOf: repeatElement(0, count: 8))
  }

  private func forEachNgram(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    joined.withUnsafeBufferPointer { joined in
      for length in ngrams where length <= tokens.count {
        for first in 0...(tokens.count - length) {
          let range = tokens[first].lowerBound..<tokens[first + length - 1].upperBound
          body(UnsafeBufferPointer(rebasing: joined[range]))
        }
      }
    }
  }
}
