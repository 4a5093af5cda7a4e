/// Splits a text into terms exactly as scikit-learn's vectorizers do by default: lower-casing by CPython 3.11's
/// `str.lower()`, then every match of `(?u)\b\w\w+\b`, which is every longest run of at least two word characters.
///
/// Characters are judged by the Unicode Character Database 14.0.0, the one of CPython 3.11. So combining marks separate
/// terms, a run of Chinese is one term, and capital sigma becomes "ς" at the end of a word. The text is any bytes:
/// an invalid UTF-8 sequence (an encoded surrogate too) separates terms, as does NUL.
///
/// A tokenizer keeps the memory for its longest text, so that it does not allocate again for texts of known length.
/// Copies are independent and share the character table.
public struct Tokenizer: Sendable {
  private let table: CharacterTable
  /// At least 1.5 times the longest text so far, since a character of two bytes may have a lower case of three, and
  /// the bytes to spare.
  private var scratch: [UInt8] = []
  /// Bytes looked at since the creation, those looked at twice counted twice; the measure of work in tests.
  private(set) var visitedByteCount = 0

  /// A tokenizer without memory yet.
  public init() {
    table = .unicode14
  }

  /// Calls `body` with the UTF-8 bytes of each term, in the order of the text. The pointers are valid until
  /// the last call ends, and ``TermKey/init(padded:)`` may be used.
  /// - Complexity: O(bytes): each byte is visited at most three times. No allocation unless the text is the longest so
  ///   far.
  @inline(__always)
  mutating func forEachTerm(_ text: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let roomNeeded = text.count + text.count / 2 + TermScan.spareBytes
    if scratch.count < roomNeeded {
      scratch = [UInt8](repeating: 0, count: roomNeeded)
    }
    text.withMemoryRebound(to: UInt8.self) { bytes in
      guard let start = bytes.baseAddress else { return }
      visitedByteCount += scratch.withUnsafeMutableBufferPointer { room in
        guard let room = room.baseAddress else { return 0 }
        var scan = TermScan(bytes: start, count: bytes.count, table: table, room: room)
        scan.run(body)
        return scan.visitedByteCount
      }
    }
  }
}
