/// The tokens of a text that stay, with a space between them: every n-gram is a stretch of it.
///
/// It keeps the memory for its longest text.
struct JoinedTokens: Sendable {
  private let stopWords: TermTable?
  private var bytes: [UInt8] = []
  /// Where each token begins and ends in ``bytes``.
  private var tokens: [Range<Int>] = []

  init(stopWords: TermTable?) { self.stopWords = stopWords }

  /// Forgets the text.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    tokens.removeAll(keepingCapacity: true)
  }

  /// Adds a token unless it is a stop word.
  @inline(__always)
  mutating func append(_ token: UnsafeBufferPointer<UInt8>) {
    if let stopWords, stopWords.index(of: token) != nil { return }
    if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
    tokens.append(bytes.count..<bytes.count + token.count)
    bytes.append(contentsOf: token)
  }

  /// Makes sure that behind the last token too, eight bytes may be read.
  mutating func end() {
    bytes.append(contentsOf: repeatElement(0, count: 8))
  }

  /// Calls `body` with each run of so many tokens, the shortest first.
  func forEachNgram(_ lengths: ClosedRange<Int>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    bytes.withUnsafeBufferPointer { bytes in
      for length in lengths where length <= tokens.count {
        for first in 0...(tokens.count - length) {
          let range = tokens[first].lowerBound..<tokens[first + length - 1].upperBound
          body(UnsafeBufferPointer(rebasing: bytes[range]))
        }
      }
    }
  }
}
