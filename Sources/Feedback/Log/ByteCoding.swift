/// Little-endian numbers and short texts, one after the other.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func put<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ value: Float) { put(value.bitPattern) }

  mutating func put(utf8 text: String) { bytes.append(contentsOf: text.utf8) }

  /// Zeros up to the next multiple of `alignment` counted from `start`.
  mutating func pad(from start: Int, to alignment: Int) {
    let excess = (bytes.count - start) % alignment
    if excess > 0 { bytes.append(contentsOf: repeatElement(0, count: alignment - excess)) }
  }
}

/// Takes back what ``ByteWriter`` put. Any bytes are allowed: what is not there is nil.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Bytes not taken yet.
  var left: Int { bytes.count - offset }

  mutating func take<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T? {
    guard left >= MemoryLayout<T>.size else { return nil }
    defer { offset += MemoryLayout<T>.size }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  mutating func takeFloat() -> Float? { take(UInt32.self).map(Float.init(bitPattern:)) }

  /// So many bytes of UTF-8; nil also where they are none.
  mutating func takeText(byteCount: Int) -> String? {
    guard byteCount >= 0, left >= byteCount else { return nil }
    defer { offset += byteCount }
    return String(validating: bytes[offset..<offset + byteCount], as: UTF8.self)
  }

  /// Whether only zeros are left, fewer than `count` of them.
  func isPadding(below count: Int) -> Bool { left < count && bytes[offset...].allSatisfy { $0 == 0 } }
}
