/// Writes protobuf by hand, so that the stub's generated code is checked against something else than itself.
struct ProtoWriter {
  private(set) var bytes: [UInt8] = []

  init(_ fill: (inout ProtoWriter) -> Void = { _ in }) { fill(&self) }

  mutating func varint(_ field: Int, _ value: UInt64) {
    raw(UInt64(field) << 3)
    raw(value)
  }

  mutating func fixed64(_ field: Int, _ value: UInt64) {
    raw(UInt64(field) << 3 | 1)
    littleEndian(value)
  }

  mutating func double(_ field: Int, _ value: Double) { fixed64(field, value.bitPattern) }

  mutating func data(_ field: Int, _ value: some Collection<UInt8>) {
    raw(UInt64(field) << 3 | 2)
    raw(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func string(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }

  mutating func message(_ field: Int, _ fill: (inout ProtoWriter) -> Void) { data(field, ProtoWriter(fill).bytes) }

  mutating func ids(_ field: Int, _ values: [UInt64]) {
    data(field, ProtoWriter { writer in values.forEach { writer.littleEndian($0) } }.bytes)
  }

  mutating func floats(_ field: Int, _ values: [Float]) {
    data(field, ProtoWriter { writer in values.forEach { writer.littleEndian($0.bitPattern) } }.bytes)
  }

  mutating func doubles(_ field: Int, _ values: [Double]) { ids(field, values.map(\.bitPattern)) }

  mutating func varints(_ field: Int, _ values: [UInt64]) {
    data(field, ProtoWriter { writer in values.forEach { writer.raw($0) } }.bytes)
  }

  private mutating func raw(_ value: UInt64) {
    var rest = value
    while rest > 127 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func littleEndian<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
