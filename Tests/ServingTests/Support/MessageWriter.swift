/// Writes protobuf by hand.
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

  mutating func fixed64(_ field: UInt64, _ value: UInt64) {
    raw(varint: field << 3 | 1)
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  mutating func payload(_ field: UInt64, _ contents: [UInt8]) {
    raw(varint: field << 3 | 2)
    raw(varint: UInt64(contents.count))
    bytes += contents
  }

  mutating func message(_ field: UInt64, _ fill: (inout MessageWriter) -> Void) { payload(field, Self.make(fill)) }

  /// A packed column of eight-byte values; nothing where it is empty.
  mutating func column(_ field: UInt64, _ values: [UInt64]) {
    guard !values.isEmpty else { return }
    payload(field, values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } })
  }
}
