/// One pass over one text: the working state of ``Tokenizer/forEachTerm(_:_:)``.
///
/// Invariant between steps: `term[0..<termLength]` holds the lower-case form of the longest run of word characters that
/// ends at `position`, and `termCharacters` is its length in characters.
struct TermScan {
  let bytes: UnsafePointer<UInt8>
  let count: Int
  let table: CharacterTable
  let term: UnsafeMutablePointer<UInt8>
  private(set) var visitedByteCount = 0
  private var position = 0
  private var termLength = 0
  private var termCharacters = 0

  /// `term` must have room for 1.5 times `count` bytes and four more.
  init(bytes: UnsafePointer<UInt8>, count: Int, table: CharacterTable, term: UnsafeMutablePointer<UInt8>) {
    self.bytes = bytes
    self.count = count
    self.table = table
    self.term = term
  }

  mutating func run(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    table.asciiWordBytes.withUnsafeBufferPointer { asciiWordBytes in
      while position < count {
        readASCII(asciiWordBytes, body)
        if position < count {
          readOther(body)
        }
      }
    }
    endTerm(body)
  }

  /// Reads up to the next byte that is not ASCII, or to the end.
  @inline(__always)
  private mutating func readASCII(
    _ wordBytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    let start = position
    while position < count, bytes[position] < 0x80 {
      let lowered = wordBytes[Int(bytes[position])]
      position += 1
      if lowered == 0 {
        endTerm(body)
      } else {
        term[termLength] = lowered
        termLength += 1
        termCharacters += 1
      }
    }
    visitedByteCount += position - start
  }

  /// Reads one character that is not ASCII, or one invalid byte.
  private mutating func readOther(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let (character, length) = UTF8Decoding.character(at: position, in: bytes, count: count)
    visitedByteCount += length
    defer { position += length }
    switch character {
    case UTF8Decoding.invalid:
      endTerm(body)
    case SpecialCharacter.capitalSigma:
      let endsWord = isCasedBeforePosition() && !isCased(after: position + length)
      append(endsWord ? SpecialCharacter.finalSigma : SpecialCharacter.smallSigma)
    case SpecialCharacter.capitalIWithDot:
      // It becomes "i" and a combining dot, which is no word character.
      append(UInt32(UInt8(ascii: "i")))
      endTerm(body)
    default:
      // Word characters stay word characters in lower case, and others stay others.
      let kind = table.kind(of: character)
      if kind.isWord {
        append(UInt32(bitPattern: Int32(bitPattern: character) + kind.lowercaseDelta))
      } else {
        endTerm(body)
      }
    }
  }

  private mutating func append(_ character: UInt32) {
    termLength += UTF8Decoding.encode(character, to: term + termLength)
    termCharacters += 1
  }

  @inline(__always)
  private mutating func endTerm(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    if termCharacters >= 2 {
      body(UnsafeBufferPointer(start: term, count: termLength))
    }
    termLength = 0
    termCharacters = 0
  }

  /// Whether the nearest character before `position` that is not ignorable has case.
  ///
  /// A sigma stops the search for other sigmas, so all searches of a text together pass each byte once per direction.
  private mutating func isCasedBeforePosition() -> Bool {
    var place = position
    while place > 0 {
      let (character, length) = UTF8Decoding.character(endingAt: place, in: bytes, count: count)
      visitedByteCount += length
      place -= length
      if character == UTF8Decoding.invalid { return false }
      let kind = table.kind(of: character)
      if !kind.isCaseIgnorable { return kind.isCased }
    }
    return false
  }

  /// Whether the nearest character from `start` on that is not ignorable has case.
  private mutating func isCased(after start: Int) -> Bool {
    var place = start
    while place < count {
      let (character, length) = UTF8Decoding.character(at: place, in: bytes, count: count)
      visitedByteCount += length
      place += length
      if character == UTF8Decoding.invalid { return false }
      let kind = table.kind(of: character)
      if !kind.isCaseIgnorable { return kind.isCased }
    }
    return false
  }
}

/// The characters whose lower case is not one fixed character.
enum SpecialCharacter {
  static let capitalSigma: UInt32 = 0x3A3
  static let smallSigma: UInt32 = 0x3C3
  static let finalSigma: UInt32 = 0x3C2
  static let capitalIWithDot: UInt32 = 0x130
}
