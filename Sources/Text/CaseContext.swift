/// The neighbours of a capital sigma: with a letter that has case before it and none behind, it ends a word.
///
/// A sigma stops the search for other sigmas, so all searches of a text together pass each byte once per direction.
struct CaseContext {
  let bytes: UnsafePointer<UInt8>
  let count: Int
  /// Kept by whoever makes the context; see ``TermScan``.
  let table: Unmanaged<CharacterTable>
  /// Bytes looked at so far.
  private(set) var visitedByteCount = 0

  init(bytes: UnsafePointer<UInt8>, count: Int, table: Unmanaged<CharacterTable>) {
    self.bytes = bytes
    self.count = count
    self.table = table
  }

  /// Whether the nearest character before `end` that is not ignorable has case.
  mutating func isCased(before end: Int) -> Bool {
    var place = end
    while place > 0 {
      let (character, length) = UTF8Decoding.character(endingAt: place, in: bytes, count: count)
      visitedByteCount += length
      place -= length
      if let answer = isCased(character) { return answer }
    }
    return false
  }

  /// Whether the nearest character from `start` on that is not ignorable has case.
  mutating func isCased(after start: Int) -> Bool {
    var place = start
    while place < count {
      let (character, length) = UTF8Decoding.character(at: place, in: bytes, count: count)
      visitedByteCount += length
      place += length
      if let answer = isCased(character) { return answer }
    }
    return false
  }

  /// Nil for a character that is looked through.
  private func isCased(_ character: UInt32) -> Bool? {
    if character == UTF8Decoding.invalid { return false }
    let kind = table._withUnsafeGuaranteedRef { $0.kind(of: character) }
    return kind.isCaseIgnorable ? nil : kind.isCased
  }
}
