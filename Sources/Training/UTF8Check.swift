/// Whether bytes are UTF-8.
enum UTF8Check {
  /// True for well-formed UTF-8. Linear; runs of ASCII are checked eight bytes at a time.
  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index + 8 <= bytes.count {
      if bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { break }
      index += 8
    }
    while index < bytes.count, bytes[index] < 0x80 { index += 1 }
    if index == bytes.count { return true }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
    return String(validating: rest, as: UTF8.self) != nil
  }
}
