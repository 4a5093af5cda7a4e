/// Hashtags and mentions of a tweet.
///
/// A mark is # or @ that does not follow a letter, a digit or an underscore, and the letters, digits and underscores
/// behind it; every byte from 0x80 counts as a letter. ASCII letters are lowercased.
package enum TweetMarks {
  /// What a mark is.
  package enum Mark: Sendable { case hashtag, mention }

  /// Longer names are no names.
  private static let longest = 256

  /// Calls `body` with each mark's name, lowercased and without its sign; the bytes are valid during the call.
  /// - Complexity: O(text.count).
  package static func forEach(in text: UnsafeRawBufferPointer, _ body: (Mark, UnsafeRawBufferPointer) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: longest, alignment: 1) { name in
      var index = 0
      var isInWord = false
      while index < text.count {
        let byte = text[index]
        index += 1
        guard byte == UInt8(ascii: "#") || byte == UInt8(ascii: "@"), !isInWord else {
          isInWord = isWord(byte)
          continue
        }
        var count = 0
        while index < text.count, isWord(text[index]) {
          if count < longest { name[count] = lowercased(text[index]) }
          count += 1
          index += 1
        }
        if count > 0, count <= longest {
          body(
            byte == UInt8(ascii: "#") ? .hashtag : .mention, UnsafeRawBufferPointer(rebasing: name[..<count]))
        }
      }
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
  }
}
