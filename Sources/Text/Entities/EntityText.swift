/// The bytes of a text with looks at what stands at and before a place, which may be any from 0 to the end.
struct EntityText {
  let bytes: UnsafePointer<UInt8>
  let count: Int
  /// Not counted as a reference; see ``TermScan``.
  let table: Unmanaged<CharacterTable>

  /// The byte at a place, or NUL at the end and behind it.
  @inline(__always)
  func byte(_ place: Int) -> UInt8 { place < count ? bytes[place] : 0 }

  /// The character that begins at a place, invalid for an invalid byte, and its length; nil at the end.
  @inline(__always)
  func character(at place: Int) -> (value: UInt32, length: Int)? {
    place < count ? UTF8Decoding.character(at: place, in: bytes, count: count) : nil
  }

  /// The character that ends at a place; nil at the beginning.
  func character(before place: Int) -> (value: UInt32, length: Int)? {
    place > 0 ? UTF8Decoding.character(endingAt: place, in: bytes, count: count) : nil
  }

  /// What a character, which may be an invalid byte, is to a hashtag.
  @inline(__always)
  func roleInHashtag(_ character: UInt32) -> HashtagCharacterTable.Role {
    if character == UTF8Decoding.invalid { return .none }
    return table._withUnsafeGuaranteedRef { $0.kind(of: character).inHashtag }
  }

  /// The place behind the longest run from `start` of ASCII bytes for which `belongs` holds, at most `limit` of them.
  @inline(__always)
  func end(of start: Int, limit: Int = .max, while belongs: (UInt8) -> Bool) -> Int {
    var place = start
    while place < count, place - start < limit, bytes[place] < 0x80, belongs(bytes[place]) { place += 1 }
    return place
  }

  /// Whether `://` stands at a place.
  @inline(__always)
  func isSchemeEnd(_ place: Int) -> Bool {
    byte(place) == UInt8(ascii: ":") && byte(place + 1) == UInt8(ascii: "/") && byte(place + 2) == UInt8(ascii: "/")
  }
}
