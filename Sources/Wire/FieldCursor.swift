/// Walks over the top-level fields of a protobuf message, without decoding them and without memory.
struct FieldCursor {
  /// One field: its number, and what it holds.
  struct Field {
    enum Content {
      case varint(UInt64)
      /// A length-delimited field's bytes.
      case bytes(UnsafeRawBufferPointer)
      /// Four or eight bytes.
      case fixed
    }

    let number: UInt64
    let content: Content
  }

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ message: UnsafeRawBufferPointer) { bytes = message }

  /// Whether everything was walked over: false after bytes that are no field.
  var isAtEnd: Bool { position == bytes.count }

  /// Bytes not yet walked over.
  var bytesLeft: Int { bytes.count - position }

  /// The next field; nil at the end, and from the first bytes on that are none.
  mutating func next() -> Field? {
    let start = position
    guard position < bytes.count, let tag = varint(), let content = content(wireType: tag & 7) else {
      position = start
      return nil
    }
    return Field(number: tag >> 3, content: content)
  }

  private mutating func content(wireType: UInt64) -> Field.Content? {
    switch wireType {
    case 0: varint().map { .varint($0) }
    case 1: take(8).map { _ in .fixed }
    case 2: varint().flatMap { take($0) }.map { .bytes($0) }
    case 5: take(4).map { _ in .fixed }
    default: nil
    }
  }

  private mutating func take(_ count: UInt64) -> UnsafeRawBufferPointer? {
    guard count <= UInt64(bytes.count - position) else { return nil }
    let start = position
    position += Int(count)
    return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.count else { return nil }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
