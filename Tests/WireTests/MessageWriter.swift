/// Writes protobuf by hand, so that tests can also say what protobuf-c never would.
struct MessageWriter {
  var bytes: [UInt8] = []

  mutating func raw(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func tag(_ field: UInt64, wire: UInt64) { raw(varint: field << 3 | wire) }

  mutating func varint(_ field: UInt64, _ value: UInt64) {
    tag(field, wire: 0)
    raw(varint: value)
  }

  mutating func fixed64(_ field: UInt64, _ value: UInt64) {
    tag(field, wire: 1)
    append(value)
  }

  mutating func fixed32(_ field: UInt64, _ value: UInt32) {
    tag(field, wire: 5)
    append(value)
  }

  mutating func payload(_ field: UInt64, _ contents: [UInt8]) {
    tag(field, wire: 2)
    raw(varint: UInt64(contents.count))
    bytes += contents
  }

  mutating func message(_ field: UInt64, _ fill: (inout MessageWriter) -> Void) {
    var inner = MessageWriter()
    fill(&inner)
    payload(field, inner.bytes)
  }

  mutating func column(_ field: UInt64, _ values: [UInt64]) {
    message(field) { inner in for value in values { inner.append(value) } }
  }

  mutating func column(_ field: UInt64, _ values: [Float]) {
    message(field) { inner in for value in values { inner.append(value.bitPattern) } }
  }

  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  static func make(_ fill: (inout MessageWriter) -> Void) -> [UInt8] {
    var writer = MessageWriter()
    fill(&writer)
    return writer.bytes
  }

  /// A length prefix and the payload.
  static func frame(_ payload: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: UInt32(payload.count).bigEndian) { Array($0) } + payload
  }
}

/// Field numbers of `Call`, spelled here once more so that a renumbering fails a test.
enum Field {
  static let id: UInt64 = 1
  static let budget: UInt64 = 2
  static let criticality: UInt64 = 3
  static let traceParent: UInt64 = 4
  static let rank: UInt64 = 16
  static let recommend: UInt64 = 17
  static let similar: UInt64 = 18
  static let top: UInt64 = 19
  static let record: UInt64 = 20
  static let describe: UInt64 = 21
  static let goAway: UInt64 = 31
}

/// Reproducible numbers (splitmix64), the same on every machine.
struct Dice: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
  }
}
