/// Sets of characters by which entities are told; twitter-text's names for them are in brackets.
enum EntityCharacters {
  static let fullWidthHash: UInt32 = 0xFF03
  static let fullWidthAt: UInt32 = 0xFF20

  @inline(__always)
  static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  @inline(__always)
  static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

  /// What account names are made of.
  @inline(__always)
  static func isAccount(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }

  /// ASCII as a byte; nil for other characters and invalid bytes.
  @inline(__always)
  static func ascii(_ character: UInt32) -> UInt8? { character < 0x80 ? UInt8(character) : nil }

  /// Spaces, line ends and the byte order mark (`spacesGroup`, `\s`).
  static func isSpace(_ character: UInt32) -> Bool {
    switch character {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x180E, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF:
      true
    default: false
    }
  }

  /// ASCII punctuation without quotation marks (`punct`).
  static func isPunctuation(_ character: UInt32) -> Bool {
    switch character {
    case 0x21, 0x23...0x2F, 0x3A...0x40, 0x5B...0x5F, 0x7B...0x7E: true
    default: false
    }
  }

  /// Letters and marks of European languages in Latin script beyond ASCII (`latinAccentChars`).
  static func isAccented(_ character: UInt32) -> Bool {
    switch character {
    case 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x253, 0x254, 0x256, 0x257, 0x259, 0x25B, 0x263, 0x268, 0x26F, 0x272,
      0x289, 0x28B, 0x2BB, 0x300...0x36F, 0x1E00...0x1EFF:
      true
    default: false
    }
  }

  /// Characters that change direction or are no characters (`invalidCharsGroup`).
  static func isUnsound(_ character: UInt32) -> Bool {
    switch character {
    case 0x202A...0x202E, 0xFEFF, 0xFFFE, 0xFFFF: true
    default: false
    }
  }

  /// Characters of a URL's path (`validGeneralUrlPathChars`).
  static func isPath(_ character: UInt32) -> Bool {
    guard let byte = ascii(character) else {
      return isAccented(character) || (0x400...0x4FF).contains(character) || character == 0x2013
    }
    switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "'"), UInt8(ascii: ";"), UInt8(ascii: ":"),
      UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "$"),
      UInt8(ascii: "/"), UInt8(ascii: "%"), UInt8(ascii: "#"), UInt8(ascii: "["), UInt8(ascii: "]"),
      UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "@"), UInt8(ascii: "|"),
      UInt8(ascii: "&"):
      return true
    default: return isAlphanumeric(byte)
    }
  }

  /// Those of them that may be its last (`validUrlPathEndingChars`).
  static func endsPath(_ character: UInt32) -> Bool {
    guard let byte = ascii(character) else { return isPath(character) && character != 0x2013 }
    switch byte {
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "_"), UInt8(ascii: "#"),
      UInt8(ascii: "/"):
      return true
    default: return isAlphanumeric(byte)
    }
  }

  /// Characters of a URL's query (`validUrlQueryChars`).
  static func isQuery(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "?") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")") || isPath(UInt32(byte))
  }

  /// Those of them that may be its last (`validUrlQueryEndingChars`).
  static func endsQuery(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "&") || byte != UInt8(ascii: "+") && endsPath(UInt32(byte))
  }
}
