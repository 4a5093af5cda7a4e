/// One entry of the character lists: `first`, `first-last` or `first-last/2`, perhaps followed by `:+delta` or
/// `:-delta`, every number in hex. The lists are part of the program, so a malformed entry is a programmer's error and
/// traps.
struct CharacterRange: Equatable {
  var first: UInt32
  var last: UInt32
  /// 1: every character of the range; 2: every second one.
  var step: UInt32 = 1
  var delta: Int32 = 0

  /// Calls `body` with every entry of the list, in its order.
  static func forEach(of list: StaticString, _ body: (CharacterRange) -> Void) {
    list.withUTF8Buffer { text in
      for word in text.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) {
        body(CharacterRange(word))
      }
    }
  }

  init(_ entry: Slice<UnsafeBufferPointer<UInt8>>) {
    var rest = entry
    first = Self.readHex(&rest)
    last = first
    if rest.first == UInt8(ascii: "-") {
      rest.removeFirst()
      last = Self.readHex(&rest)
    }
    if rest.first == UInt8(ascii: "/") {
      rest.removeFirst()
      step = Self.readHex(&rest)
    }
    if rest.first == UInt8(ascii: ":") {
      rest.removeFirst()
      let isNegative = rest.removeFirst() == UInt8(ascii: "-")
      let distance = Int32(Self.readHex(&rest))
      delta = isNegative ? -distance : distance
    }
    precondition(rest.isEmpty && first <= last && last < 0x110000 && step > 0, "malformed entry in a character list")
  }

  private static func readHex(_ text: inout Slice<UnsafeBufferPointer<UInt8>>) -> UInt32 {
    var value: UInt32 = 0
    var digits = 0
    while let byte = text.first, let digit = hexValue(byte) {
      value = value << 4 | UInt32(digit)
      digits += 1
      text.removeFirst()
    }
    precondition((1...6).contains(digits), "malformed number in a character list")
    return value
  }

  private static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
