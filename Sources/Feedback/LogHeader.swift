import CXXHash

/// The first 64 bytes of a log, little-endian.
///
/// | offset | type | field | check |
/// |---:|---|---|---|
/// | 0 | 8 bytes | magic | `APUSFBK` and a line feed |
/// | 8 | u32 | format version | 1 |
/// | 12 | u32 | bytes per record | 64 |
/// | 16 | u64 | sequence of the first record | 1 |
/// | 24 | 32 bytes | reserved | zeros |
/// | 56 | u64 | XXH3-64 of bytes 0 … 55, seed 0 | |
///
/// Magic and version keep their places in all versions.
enum LogHeader {
  static let byteCount = 64
  static let version: UInt32 = 1
  private static let magic: [UInt8] = Array("APUSFBK\n".utf8)
  private static let checkedBytes = 56

  /// The header of a new log.
  static func encoded() -> [UInt8] {
    var bytes = magic + [UInt8](repeating: 0, count: byteCount - magic.count)
    bytes.withUnsafeMutableBytes { raw in
      raw.storeBytes(of: version.littleEndian, toByteOffset: 8, as: UInt32.self)
      raw.storeBytes(of: UInt32(LogRecord.byteCount).littleEndian, toByteOffset: 12, as: UInt32.self)
      raw.storeBytes(of: UInt64(1).littleEndian, toByteOffset: 16, as: UInt64.self)
      let checksum = XXH3_64bits(raw.baseAddress, checkedBytes)
      raw.storeBytes(of: checksum.littleEndian, toByteOffset: checkedBytes, as: UInt64.self)
    }
    return bytes
  }

  /// Whether the first bytes of a file (at most 64 of them) are what a creation leaves that did not finish.
  ///
  /// Nothing is appended before the header is durable, so such a file never held an event.
  static func isUnfinished(_ bytes: [UInt8], fileBytes: Int) -> Bool {
    if fileBytes > byteCount { return false }
    return bytes.allSatisfy { $0 == 0 } || (fileBytes < byteCount && encoded().starts(with: bytes))
  }

  /// Throws unless the bytes are a header of this version.
  static func check(_ bytes: [UInt8], path: String) throws(FeedbackError) {
    guard bytes.count >= byteCount, bytes.starts(with: magic) else {
      throw .notALog(path: path, reason: "it does not begin with \"APUSFBK\"")
    }
    let got = bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self)) }
    guard got == version else { throw .unknownVersion(path: path, got: got, expected: version) }
    guard bytes == encoded() else {
      throw .damaged(path: path, offset: 0, reason: "the header's checksum does not match")
    }
  }
}
