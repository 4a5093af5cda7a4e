/// The tokens of JSON that a header is made of, read one after the other from bytes.
struct JSONScanner {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// An error at the present place.
  func error(_ reason: String) -> ArtifactError {
    .malformedHeader(byte: place, reason: reason)
  }

  /// Steps over one punctuation character.
  mutating func expect(_ character: Unicode.Scalar) throws(ArtifactError) {
    guard takes(character) else { throw error("\"\(character)\" is expected") }
  }

  /// After a member: true at a comma, false at the closing character, which is stepped over.
  mutating func hasAnother(before closing: Unicode.Scalar) throws(ArtifactError) -> Bool {
    if takes(",") { return true }
    try expect(closing)
    return false
  }

  /// Only spaces may follow.
  mutating func expectEnd() throws(ArtifactError) {
    skipSpace()
    guard place == bytes.count else { throw error("the header goes on after its end") }
  }

  /// `[1, 2, …]`: whole numbers below 2^63.
  mutating func numbers(atMost limit: Int) throws(ArtifactError) -> [Int] {
    var numbers: [Int] = []
    try expect("[")
    if takes("]") { return numbers }
    repeat {
      guard numbers.count < limit else { throw error("more than \(limit) numbers") }
      numbers.append(try number())
    } while try hasAnother(before: "]")
    return numbers
  }

  /// A string without its quotes, escapes resolved; must be valid UTF-8.
  mutating func string() throws(ArtifactError) -> String {
    try expect("\"")
    var content: [UInt8] = []
    while true {
      guard place < bytes.count else { throw error("a string does not end") }
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: content, as: UTF8.self) else {
          throw error("a string is not valid UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        content.append(contentsOf: try escape())
      case 0..<0x20:
        throw error("a control character in a string")
      default:
        content.append(byte)
      }
    }
  }

  private mutating func number() throws(ArtifactError) -> Int {
    skipSpace()
    let start = place
    var value = 0
    while place < bytes.count, case let digit = bytes[place] &- UInt8(ascii: "0"), digit <= 9 {
      let (tens, tensOverflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflow) = tens.addingReportingOverflow(Int(digit))
      guard !tensOverflow, !sumOverflow else { throw error("a number is too large") }
      value = sum
      place += 1
    }
    guard place > start else { throw error("a whole number is expected") }
    guard place == start + 1 || bytes[start] != UInt8(ascii: "0") else {
      throw error("a number has a leading zero")
    }
    return value
  }

  /// What stands after a backslash, as UTF-8.
  private mutating func escape() throws(ArtifactError) -> [UInt8] {
    guard place < bytes.count else { throw error("a string does not end") }
    let character = bytes[place]
    place += 1
    switch character {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [character]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if code >> 10 == 0xD800 >> 10, takesEscapeStart() {
        let low = try hexadecimal()
        guard low >> 10 == 0xDC00 >> 10 else { throw error("half of a surrogate pair") }
        code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair") }
      return Array(String(scalar).utf8)
    default:
      throw error("an unknown escape in a string")
    }
  }

  /// Steps over `\u`, if it is next.
  private mutating func takesEscapeStart() -> Bool {
    guard bytes[place...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { return false }
    place += 2
    return true
  }

  /// Four hexadecimal digits.
  private mutating func hexadecimal() throws(ArtifactError) -> UInt32 {
    guard place + 4 <= bytes.count else { throw error("a string does not end") }
    var value: UInt32 = 0
    for byte in bytes[place..<(place + 4)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("four hexadecimal digits are expected")
      }
      value = value << 4 | UInt32(digit)
    }
    place += 4
    return value
  }

  private mutating func takes(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func skipSpace() {
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) {
      place += 1
    }
  }
}
