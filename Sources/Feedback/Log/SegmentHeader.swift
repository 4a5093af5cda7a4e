import CXXHash

/// The first 64 bytes of a segment, little-endian.
///
/// | offset | type | field | check |
/// |---:|---|---|---|
/// | 0 | 8 bytes | magic | `APUSFBK` and a line feed |
/// | 8 | u32 | format version | 2 |
/// | 12 | u32 | bytes of the header | 64 |
/// | 16 | u64 | sequence of the first record | that of the file's name |
/// | 24 | 32 bytes | reserved | zeros |
/// | 56 | u64 | XXH3-64 of bytes 0 … 55, seed 0 | |
///
/// Magic, version and checksum keep their places in all versions.
enum SegmentHeader {
  static let byteCount = 64
  static let version: UInt32 = 2
  private static let magic: [UInt8] = Array("APUSFBK\n".utf8)
  private static let checkedBytes = 56

  /// The header of a segment that begins with sequence `first`.
  static func encoded(first: UInt64) -> [UInt8] {
    var bytes = magic + [UInt8](repeating: 0, count: byteCount - magic.count)
    bytes.withUnsafeMutableBytes { raw in
      raw.storeBytes(of: version.littleEndian, toByteOffset: 8, as: UInt32.self)
      raw.storeBytes(of: UInt32(byteCount).littleEndian, toByteOffset: 12, as: UInt32.self)
      raw.storeBytes(of: first.littleEndian, toByteOffset: 16, as: UInt64.self)
      let checksum = XXH3_64bits(raw.baseAddress, checkedBytes)
      raw.storeBytes(of: checksum.littleEndian, toByteOffset: checkedBytes, as: UInt64.self)
    }
    return bytes
  }

  /// What the first bytes of a file say.
  enum Verdict: Equatable {
    case sound
    /// A header, but of another version.
    case version(UInt32)
    /// No header.
    case broken
  }

  /// Looks at the first bytes of the segment that begins with sequence `first`.
  static func check(_ bytes: UnsafeRawBufferPointer, first: UInt64) -> Verdict {
    if bytes.starts(with: encoded(first: first)) { return .sound }
    guard let got = intactVersion(of: bytes), got != version else { return .broken }
    return .version(got)
  }

  /// The version in the header of a log of any version; nil: the bytes are not such a header.
  static func intactVersion(of bytes: UnsafeRawBufferPointer) -> UInt32? {
    guard bytes.count >= byteCount, bytes.starts(with: magic) else { return nil }
    let stored = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: checkedBytes, as: UInt64.self))
    guard stored == XXH3_64bits(bytes.baseAddress, checkedBytes) else { return nil }
    return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
  }
}
