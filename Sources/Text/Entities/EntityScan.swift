/// One pass over one text for its entities: the working state of ``TweetEntities``.
///
/// It goes from sign to sign: `#`, `@`, `$`, the colon of `://`, and the first dot of a run, about which a host without
/// a scheme may stand. Everything else is passed over byte by byte. What a sign looks at before itself is bounded or is
/// looked at once, so the whole is linear.
///
/// Invariant between steps: entities before `position` have been given, and the next begins at `floor` or later.
struct EntityScan {
  let text: EntityText
  private(set) var position = 0
  /// The end of the last entity.
  private(set) var floor = 0

  init(_ text: EntityText) { self.text = text }

  /// The next entity, or nil when there is none any more.
  mutating func next() -> TweetEntity? {
    while let sign = findSign() {
      let found: TweetEntity?
      switch sign.value {
      case UInt32(UInt8(ascii: "#")), EntityCharacters.fullWidthHash: found = readHashtag(sign.length)
      case UInt32(UInt8(ascii: "@")), EntityCharacters.fullWidthAt: found = readMention(sign.length)
      case UInt32(UInt8(ascii: "$")): found = readCashtag()
      case UInt32(UInt8(ascii: ":")): found = readURLWithScheme()
      default: found = readURLWithoutScheme()
      }
      if let found {
        position = found.range.upperBound
        floor = position
        return found
      }
    }
    return nil
  }

  /// Moves to the next sign, which stays at `position`.
  private mutating func findSign() -> (value: UInt32, length: Int)? {
    while position < text.count {
      let byte = text.bytes[position]
      switch byte {
      case UInt8(ascii: "#"), UInt8(ascii: "@"), UInt8(ascii: "$"), UInt8(ascii: "."): return (UInt32(byte), 1)
      case UInt8(ascii: ":") where text.isSchemeEnd(position): return (UInt32(byte), 1)
      case 0xEF:
        // Full-width signs are the only others.
        if let sign = text.character(at: position),
          sign.value == EntityCharacters.fullWidthHash || sign.value == EntityCharacters.fullWidthAt
        {
          return sign
        }
      default: break
      }
      position += 1
    }
    return nil
  }

  /// A hashtag at `position`, which moves behind what was looked at.
  private mutating func readHashtag(_ signLength: Int) -> TweetEntity? {
    let start = position
    let nameStart = start + signLength
    position = nameStart
    if let before = text.character(before: start), !Self.mayPrecedeHashtag(before.value, text) { return nil }
    var hasLetter = false
    while let next = text.character(at: position) {
      // The sign with a variation selector or a keycap is an emoji.
      if position == nameStart, next.value == 0xFE0F || next.value == 0x20E3 { return nil }
      let role = text.roleInHashtag(next.value)
      if role == .none { break }
      if role == .letter { hasLetter = true }
      position += next.length
    }
    guard hasLetter, !text.isSchemeEnd(position) else { return nil }
    if let next = text.character(at: position)?.value, Self.isHash(next) { return nil }
    return TweetEntity(kind: .hashtag, range: start..<position, name: nameStart..<position)
  }

  private static func isHash(_ character: UInt32) -> Bool {
    character == UInt32(UInt8(ascii: "#")) || character == EntityCharacters.fullWidthHash
  }

  private static func mayPrecedeHashtag(_ character: UInt32, _ text: EntityText) -> Bool {
    if character == 0xFE0E || character == 0xFE0F { return true }
    return character != UInt32(UInt8(ascii: "&")) && text.roleInHashtag(character) == .none
  }

  /// A mention at `position`, which moves behind the sign if there is none.
  private mutating func readMention(_ signLength: Int) -> TweetEntity? {
    let start = position
    let nameStart = start + signLength
    position = nameStart
    guard mayPrecedeMention(start) else { return nil }
    let nameEnd = text.end(of: nameStart, limit: 20, while: EntityCharacters.isAccount)
    guard nameEnd > nameStart else { return nil }
    var end = nameEnd
    if text.byte(end) == UInt8(ascii: "/"), EntityCharacters.isLetter(text.byte(end + 1)) {
      end = text.end(of: end + 1, limit: 25) { EntityCharacters.isAccount($0) || $0 == UInt8(ascii: "-") }
    }
    if let next = text.character(at: end)?.value, Self.isAt(next) || EntityCharacters.isAccented(next) { return nil }
    guard !text.isSchemeEnd(end) else { return nil }
    return TweetEntity(kind: .mention, range: start..<end, name: nameStart..<nameEnd)
  }

  private static func isAt(_ character: UInt32) -> Bool {
    character == UInt32(UInt8(ascii: "@")) || character == EntityCharacters.fullWidthAt
  }

  /// Nothing of a word and no other sign, but "RT", of old retweets, where that begins a word.
  private func mayPrecedeMention(_ start: Int) -> Bool {
    guard let before = text.character(before: start)?.value else { return true }
    guard let byte = EntityCharacters.ascii(before) else { return before != EntityCharacters.fullWidthAt }
    switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "*"), UInt8(ascii: "@"):
      return false
    default: if !EntityCharacters.isAccount(byte) { return true }
    }
    guard start >= 2, byte | 0x20 == UInt8(ascii: "t"), text.bytes[start - 2] | 0x20 == UInt8(ascii: "r") else {
      return false
    }
    guard let first = text.character(before: start - 2)?.value, let word = EntityCharacters.ascii(first) else {
      return true
    }
    switch word {
    case UInt8(ascii: "+"), UInt8(ascii: "~"), UInt8(ascii: "."), UInt8(ascii: "-"): return false
    default: return !EntityCharacters.isAccount(word)
    }
  }

  /// A cashtag at `position`, which moves behind the sign if there is none.
  private mutating func readCashtag() -> TweetEntity? {
    let start = position
    position += 1
    if let before = text.character(before: start)?.value, !EntityCharacters.isSpace(before) { return nil }
    let symbolEnd = text.end(of: position, limit: 7, while: EntityCharacters.isLetter)
    guard (1...6).contains(symbolEnd - position) else { return nil }
    var end: Int?
    if mayFollowCashtag(symbolEnd) { end = symbolEnd }
    if text.byte(symbolEnd) == UInt8(ascii: ".") || text.byte(symbolEnd) == UInt8(ascii: "_") {
      let classEnd = text.end(of: symbolEnd + 1, limit: 2, while: EntityCharacters.isLetter)
      if classEnd > symbolEnd + 1, mayFollowCashtag(classEnd) { end = classEnd }
    }
    guard let end else { return nil }
    return TweetEntity(kind: .cashtag, range: start..<end, name: position..<end)
  }

  private func mayFollowCashtag(_ place: Int) -> Bool {
    guard let next = text.character(at: place)?.value else { return true }
    return next == UTF8Decoding.invalid || EntityCharacters.isSpace(next) || EntityCharacters.isPunctuation(next)
  }

  /// A URL whose `://` is at `position`, which moves behind it if there is none.
  private mutating func readURLWithScheme() -> TweetEntity? {
    let reader = URLReader(text: text)
    let found = reader.urlWithScheme(colon: position, floor: floor)
    position += 3
    return found
  }

  /// A URL without a scheme about the dot at `position`, which moves behind the run if there is none.
  private mutating func readURLWithoutScheme() -> TweetEntity? {
    let reader = URLReader(text: text)
    let (found, runEnd) = reader.urlWithoutScheme(dot: position, floor: floor)
    position = runEnd
    return found
  }
}
