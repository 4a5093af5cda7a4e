/// Writes protobuf by hand, so that tests can also say what protobuf-c never would.
package struct MessageWriter {
  package var bytes: [UInt8] = []

  package init() {}

  package static func make(_ fill: (inout MessageWriter) -> Void) -> [UInt8] {
    var writer = MessageWriter()
    fill(&writer)
    return writer.bytes
  }

  package mutating func raw(_ more: [UInt8]) { bytes += more }

  package mutating func raw(varint value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  package mutating func tag(_ field: UInt64, wire: UInt64) { raw(varint: field << 3 | wire) }

  package mutating func varint(_ field: UInt64, _ value: UInt64) {
    tag(field, wire: 0)
    raw(varint: value)
  }

  package mutating func fixed64(_ field: UInt64, _ value: UInt64) {
    tag(field, wire: 1)
    append(value)
  }

  package mutating func fixed32(_ field: UInt64, _ value: UInt32) {
    tag(field, wire: 5)
    append(value)
  }

  package mutating func payload(_ field: UInt64, _ payload: [UInt8]) {
    tag(field, wire: 2)
    raw(varint: UInt64(payload.count))
    bytes += payload
  }

  package mutating func message(_ field: UInt64, _ fill: (inout MessageWriter) -> Void) {
    payload(field, Self.make(fill))
  }

  package mutating func column(_ field: UInt64, _ values: [UInt64]) {
    message(field) { inner in for value in values { inner.append(value) } }
  }

  package mutating func column(_ field: UInt64, _ values: [Float]) {
    message(field) { inner in for value in values { inner.append(value.bitPattern) } }
  }

  /// The columns of a SetRewards request.
  package mutating func rewards(_ types: [UInt64], _ weights: [Double]) {
    message(1) { inner in for type in types { inner.raw(varint: type) } }
    column(2, weights.map(\.bitPattern))
  }

  package mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  /// A length prefix and the payload.
  package static func frame(_ payload: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: UInt32(payload.count).bigEndian) { Array($0) } + payload
  }
}
