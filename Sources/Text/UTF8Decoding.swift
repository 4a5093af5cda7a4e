/// Strict UTF-8, one character at a time, from bytes that may be anything.
///
/// What is no shortest-form encoding of a Unicode scalar (stray continuation bytes, overlong forms, encoded surrogates,
/// numbers from 0x110000 on, a sequence cut off by the end) is an invalid byte of length 1, after which decoding goes
/// on. So no byte is read more than four times, and a valid character is found whatever stands before it.
enum UTF8Decoding {
  /// Stands for an invalid byte; not a character.
  static let invalid = UInt32.max

  /// The character that begins at `position` (which must be below `count`) and its length in bytes, 1…4.
  @inline(__always)
  static func character(
    at position: Int, in bytes: UnsafePointer<UInt8>, count: Int
  ) -> (value: UInt32, length: Int) {
    let lead = bytes[position]
    if lead < 0x80 { return (UInt32(lead), 1) }
    let length: Int
    var value: UInt32
    let smallest: UInt32
    switch lead {
    case 0xC2...0xDF: (length, value, smallest) = (2, UInt32(lead & 0x1F), 0x80)
    case 0xE0...0xEF: (length, value, smallest) = (3, UInt32(lead & 0x0F), 0x800)
    case 0xF0...0xF4: (length, value, smallest) = (4, UInt32(lead & 0x07), 0x10000)
    default: return (invalid, 1)
    }
    guard length <= count - position else { return (invalid, 1) }
    for offset in 1..<length {
      let byte = bytes[position + offset]
      guard byte & 0xC0 == 0x80 else { return (invalid, 1) }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    guard value >= smallest, value < 0x110000, value & ~0x7FF != 0xD800 else { return (invalid, 1) }
    return (value, length)
  }

  /// The character that ends just before `position` (which must be above 0) and its length in bytes, 1…4.
  static func character(
    endingAt position: Int, in bytes: UnsafePointer<UInt8>, count: Int
  ) -> (value: UInt32, length: Int) {
    for length in 1...min(4, position) where bytes[position - length] & 0xC0 != 0x80 {
      let found = character(at: position - length, in: bytes, count: count)
      return found.length == length ? found : (invalid, 1)
    }
    return (invalid, 1)
  }

  /// Writes the UTF-8 form of a character and returns its length, 1…4.
  @inline(__always)
  static func encode(_ character: UInt32, to out: UnsafeMutablePointer<UInt8>) -> Int {
    switch character {
    case ..<0x80:
      out[0] = UInt8(character)
      return 1
    case ..<0x800:
      out[0] = 0xC0 | UInt8(character >> 6)
      out[1] = 0x80 | UInt8(character & 0x3F)
      return 2
    case ..<0x10000:
      out[0] = 0xE0 | UInt8(character >> 12)
      out[1] = 0x80 | UInt8(character >> 6 & 0x3F)
      out[2] = 0x80 | UInt8(character & 0x3F)
      return 3
    default:
      out[0] = 0xF0 | UInt8(character >> 18)
      out[1] = 0x80 | UInt8(character >> 12 & 0x3F)
      out[2] = 0x80 | UInt8(character >> 6 & 0x3F)
      out[3] = 0x80 | UInt8(character & 0x3F)
      return 4
    }
  }
}
