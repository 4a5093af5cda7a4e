/// Eight bytes of a text at once, judged as ASCII: which are word characters, and what they become in lower case.
///
/// All eight are compared by additions whose carries stop at the top bit of each byte (Hacker's Delight, chapter 6).
/// ``CharacterTable`` says the same of each byte alone.
struct ASCIIWord {
  /// How many of the eight bytes, from the first on, are word characters of ASCII: 0…8.
  let length: Int
  /// The bytes in lower case, the first in the lowest eight bits; valid for the first ``length``.
  let lowered: UInt64

  /// Eight bytes, the first in the lowest eight bits. Bytes above 127 and NUL are no word characters.
  @inline(__always)
  init(_ bytes: UInt64) {
    let ascii = bytes & ~Self.tops
    let raised = ascii | Self.all(0x20)
    let letters = Self.tops(of: raised, from: UInt8(ascii: "a"), through: UInt8(ascii: "z"))
    let digits = Self.tops(of: ascii, from: UInt8(ascii: "0"), through: UInt8(ascii: "9"))
    // A byte that equals "_" is the only one that stays without a top bit here.
    let others = (ascii ^ Self.all(UInt8(ascii: "_"))) &+ Self.all(0x7F)
    let words = (letters | digits | ~others) & ~bytes & Self.tops
    length = (words ^ Self.tops).trailingZeroBitCount >> 3
    lowered = bytes | letters >> 2
  }

  private static let tops: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  private static func all(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// The top bit of each byte, set where the byte, which is below 128, lies in a range.
  @inline(__always)
  private static func tops(of bytes: UInt64, from first: UInt8, through last: UInt8) -> UInt64 {
    (bytes &+ all(0x80 &- first)) & ~(bytes &+ all(0x7F &- last)) & tops
  }
}
