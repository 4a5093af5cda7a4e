/// Names of engagement types, numbered in order of appearance.
///
/// A name is 1 to 32 letters, digits, `_`, `-`, `.` or `:` of ASCII, so that it can be typed on a command line. What is
/// none, and what comes after the 250th, counts as ``other``; rows without a type have the empty name.
struct EngagementTypeNames {
  static let other = "other"
  private static let limit = 250
  private static let longest = 32

  private(set) var names: [String] = []
  private var numbers: [String: UInt8] = [:]

  /// The number of a type; `field` nil: the file has no such column.
  mutating func number(of field: UnsafeRawBufferPointer?) -> UInt8 {
    guard let field, !field.isEmpty else { return number(named: "") }
    let isName = field.count <= Self.longest && field.allSatisfy(Self.isNameByte)
    return number(named: isName ? String(decoding: field, as: UTF8.self) : Self.other)
  }

  private mutating func number(named name: String) -> UInt8 {
    if let known = numbers[name] { return known }
    if names.count >= Self.limit, name != Self.other { return number(named: Self.other) }
    let number = UInt8(truncatingIfNeeded: names.count)
    names.append(name)
    numbers[name] = number
    return number
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: ":"):
      true
    default: false
    }
  }
}
