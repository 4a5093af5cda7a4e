/// Takes bytes in pieces and gives commands, which must have exactly the form `*n`, then n times `$length` and so many
/// bytes, each followed by CR LF.
package struct CommandParser {
  /// What was wrong with the first bytes that are no command; nothing is read after it.
  package private(set) var offence: String?
  private var bytes: [UInt8] = []

  package init() {}

  package mutating func feed(_ more: ArraySlice<UInt8>) { bytes += more }

  /// The next whole command.
  package mutating func next() -> [[UInt8]]? {
    guard offence == nil else { return nil }
    var place = 0
    guard let count = number(after: UInt8(ascii: "*"), at: &place) else { return nil }
    guard count > 0 else {
      offence = "a command of \(count) arguments"
      return nil
    }
    var arguments: [[UInt8]] = []
    for _ in 0..<count {
      guard let length = number(after: UInt8(ascii: "$"), at: &place) else { return nil }
      guard place + length + 2 <= bytes.count else { return nil }
      arguments.append(Array(bytes[place..<place + length]))
      place += length
      guard bytes[place] == 13, bytes[place + 1] == 10 else {
        offence = "an argument that does not end after \(length) bytes"
        return nil
      }
      place += 2
    }
    bytes.removeFirst(place)
    return arguments
  }

  /// A line of a mark and digits; nil if it is not whole, or is something else.
  private mutating func number(after mark: UInt8, at place: inout Int) -> Int? {
    guard place < bytes.count else { return nil }
    guard bytes[place] == mark else {
      offence = "byte \(bytes[place]) instead of \(mark)"
      return nil
    }
    guard let end = bytes[place...].firstIndex(of: 13) else { return nil }
    guard end + 1 < bytes.count else { return nil }
    guard bytes[end + 1] == 10, let value = Int(String(decoding: bytes[(place + 1)..<end], as: UTF8.self)), value >= 0
    else {
      offence = "a length that is no number"
      return nil
    }
    place = end + 2
    return value
  }
}
