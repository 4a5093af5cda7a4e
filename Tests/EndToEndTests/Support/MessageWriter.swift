/// Writes protobuf by hand, to say also what protobuf-c never would.
struct MessageWriter {
  private(set) var bytes: [UInt8] = []

  static func make(_ fill: (inout MessageWriter) -> Void) -> [UInt8] {
    var writer = MessageWriter()
    fill(&writer)
    return writer.bytes
  }

  mutating func raw(_ more: [UInt8]) { bytes += more }

  mutating func raw(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func varint(_ field: UInt64, _ value: UInt64) {
    raw(varint: field << 3)
    raw(varint: value)
  }

  mutating func payload(_ field: UInt64, _ contents: [UInt8]) {
    raw(varint: field << 3 | 2)
    raw(varint: UInt64(contents.count))
    bytes += contents
  }
}

/// Reproducible numbers (splitmix64), the same on every machine.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) } }
}
