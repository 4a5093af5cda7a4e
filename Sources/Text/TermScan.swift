/// One pass over one text: the working state of ``Tokenizer/forEachTerm(_:_:)``.
///
/// Invariant between steps: `term[0..<termLength]` holds the lower-case form of the longest run of word characters that
/// ends at `position`, and `termCharacters` is its length in characters. Terms stand one after the other in the room.
struct TermScan {
  /// Bytes that may be written or read behind the last term, since ASCII goes eight bytes at a time.
  static let spareBytes = 16

  let bytes: UnsafePointer<UInt8>
  let count: Int
  /// Not counted as a reference, since all threads share the table and would wait for each other's counting at every
  /// text; whoever makes a scan keeps it.
  private let table: Unmanaged<CharacterTable>
  private(set) var visitedByteCount = 0
  private var term: UnsafeMutablePointer<UInt8>
  private var position = 0
  private var termLength = 0
  private var termCharacters = 0

  /// `table` must live longer than the scan, and `room` must hold 1.5 times `count` bytes and ``spareBytes``.
  init(bytes: UnsafePointer<UInt8>, count: Int, table: CharacterTable, room: UnsafeMutablePointer<UInt8>) {
    self.bytes = bytes
    self.count = count
    self.table = .passUnretained(table)
    term = room
  }

  @inline(__always)
  mutating func run(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    while position < count {
      readASCII(body)
      if position < count {
        readOther(body)
      }
    }
    endTerm(body)
  }

  /// Reads up to the next byte that is not ASCII, or to the end.
  @inline(__always)
  private mutating func readASCII(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let start = position
    while position < count {
      let word = ASCIIWord(nextBytes())
      UnsafeMutableRawPointer(term + termLength).storeBytes(of: word.lowered.littleEndian, as: UInt64.self)
      termLength &+= word.length
      termCharacters &+= word.length
      position &+= word.length
      if word.length == 8 { continue }
      if position == count || bytes[position] >= 0x80 { break }
      endTerm(body)
      position &+= 1
    }
    visitedByteCount += position - start
  }

  /// The next eight bytes of the text, NUL behind its end.
  @inline(__always)
  private func nextBytes() -> UInt64 {
    if position &+ 8 <= count { return load(position) }
    return lastBytes()
  }

  /// The same where fewer than eight are left.
  private func lastBytes() -> UInt64 {
    if count >= 8 { return load(count - 8) >> UInt64(8 * (8 - (count - position))) }
    var word: UInt64 = 0
    for place in (position..<count).reversed() { word = word << 8 | UInt64(bytes[place]) }
    return word
  }

  @inline(__always)
  private func load(_ place: Int) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(bytes + place).loadUnaligned(as: UInt64.self))
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
      var context = CaseContext(bytes: bytes, count: count, table: table)
      let endsWord = context.isCased(before: position) && !context.isCased(after: position + length)
      visitedByteCount += context.visitedByteCount
      append(endsWord ? SpecialCharacter.finalSigma : SpecialCharacter.smallSigma)
    case SpecialCharacter.capitalIWithDot:
      // It becomes "i" and a combining dot, which is no word character.
      append(UInt32(UInt8(ascii: "i")))
      endTerm(body)
    default:
      // Word characters stay word characters in lower case, and others stay others.
      let kind = kind(of: character)
      if kind.isWord {
        append(UInt32(bitPattern: Int32(bitPattern: character) + kind.lowercaseDelta))
      } else {
        endTerm(body)
      }
    }
  }

  @inline(__always)
  private func kind(of character: UInt32) -> CharacterTable.Kind {
    table._withUnsafeGuaranteedRef { $0.kind(of: character) }
  }

  private mutating func append(_ character: UInt32) {
    termLength += UTF8Decoding.encode(character, to: term + termLength)
    termCharacters += 1
  }

  @inline(__always)
  private mutating func endTerm(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    if termCharacters >= 2 {
      body(UnsafeBufferPointer(start: term, count: termLength))
      term += termLength
    }
    termLength = 0
    termCharacters = 0
  }
}

/// The characters whose lower case is not one fixed character.
enum SpecialCharacter {
  static let capitalSigma: UInt32 = 0x3A3
  static let smallSigma: UInt32 = 0x3C3
  static let finalSigma: UInt32 = 0x3C2
  static let capitalIWithDot: UInt32 = 0x130
  /// What U+0130 becomes, with an "i" before it.
  static let dotAbove: UInt32 = 0x307
}
