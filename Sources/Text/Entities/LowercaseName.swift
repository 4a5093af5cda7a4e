/// Writes parts of a text in lower case, each as Python's `str.lower()` has it when it stands alone: so a tag has one
/// form whatever stands beside it.
struct LowercaseName {
  /// Bytes that the lower case of so many bytes may need: a character of two bytes may become three.
  static func room(for count: Int) -> Int { count + count / 2 + 1 }

  /// Where the names are written.
  let room: UnsafeMutablePointer<UInt8>
  private let table = CharacterTable.unicode14

  init(room: UnsafeMutablePointer<UInt8>) { self.room = room }

  /// Writes the part of `text`, which must lie in it, and returns the number of bytes written, for which there must be
  /// ``room(for:)``. Invalid bytes stay as they are.
  /// - Complexity: O(bytes).
  func put(_ text: UnsafeRawBufferPointer, _ part: Range<Int>) -> Int {
    guard let start = text.baseAddress else { return 0 }
    let bytes = (start + part.lowerBound).assumingMemoryBound(to: UInt8.self)
    var written = 0
    var place = 0
    while place < part.count {
      let byte = bytes[place]
      if byte < 0x80 {
        room[written] = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
        (written, place) = (written + 1, place + 1)
        continue
      }
      let (character, length) = UTF8Decoding.character(at: place, in: bytes, count: part.count)
      switch character {
      case UTF8Decoding.invalid:
        room[written] = byte
        written += 1
      case SpecialCharacter.capitalSigma:
        var context = CaseContext(bytes: bytes, count: part.count, table: .passUnretained(table))
        let endsWord = context.isCased(before: place) && !context.isCased(after: place + length)
        let sigma = endsWord ? SpecialCharacter.finalSigma : SpecialCharacter.smallSigma
        written += UTF8Decoding.encode(sigma, to: room + written)
      case SpecialCharacter.capitalIWithDot:
        room[written] = UInt8(ascii: "i")
        written += 1 + UTF8Decoding.encode(SpecialCharacter.dotAbove, to: room + written + 1)
      default:
        let lowered = UInt32(bitPattern: Int32(bitPattern: character) + table.kind(of: character).lowercaseDelta)
        written += UTF8Decoding.encode(lowered, to: room + written)
      }
      place += length
    }
    return written
  }
}
