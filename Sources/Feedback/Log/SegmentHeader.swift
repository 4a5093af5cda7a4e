import CXXHash

/// The first 64 bytes of a segment, little-endian.
///
/// | offset | type | field | check |
/// |---:|---|---|---|
/// | 0 | 8 bytes | magic | `APUSFBK` and a line feed |
/// | 8 | u32 | format version | 2 |
/// | 12 | u32 | bytes of the header | 64 |
/// | 16 | u64 | sequence of the first record | that of the file's name |
/// | 24 | u64 | name of the node that began the segment | 0: none |
/// | 32 | u64 | first entry that has this name | at most the sequence of the first record; 0 without a name |
/// | 40 | 16 bytes | reserved | zeros |
/// | 56 | u64 | XXH3-64 of bytes 0 … 55, seed 0 | |
///
/// Magic, version and checksum keep their places in all versions.
enum SegmentHeader {
  static let byteCount = 64
  static let version: UInt32 = 2
  private static let magic: [UInt8] = Array("APUSFBK\n".utf8)
  private static let checkedBytes = 56

  /// The header of a segment that begins with sequence `first`, of a log whose new entries have the name `owner`.
  static func encoded(first: UInt64, owner: NodeIdentity.Span? = nil) -> [UInt8] {
    var bytes = magic + [UInt8](repeating: 0, count: byteCount - magic.count)
    bytes.withUnsafeMutableBytes { raw in
      raw.storeBytes(of: version.littleEndian, toByteOffset: 8, as: UInt32.self)
      raw.storeBytes(of: UInt32(byteCount).littleEndian, toByteOffset: 12, as: UInt32.self)
      raw.storeBytes(of: first.littleEndian, toByteOffset: 16, as: UInt64.self)
      raw.storeBytes(of: (owner?.node ?? 0).littleEndian, toByteOffset: 24, as: UInt64.self)
      raw.storeBytes(of: (owner?.first ?? 0).littleEndian, toByteOffset: 32, as: UInt64.self)
      let checksum = XXH3_64bits(raw.baseAddress, checkedBytes)
      raw.storeBytes(of: checksum.littleEndian, toByteOffset: checkedBytes, as: UInt64.self)
    }
    return bytes
  }

  /// What the first bytes of a file say.
  enum Verdict: Equatable {
    /// A header, and whose; nil: it names nobody.
    case sound(NodeIdentity.Span?)
    /// A header, but of another version.
    case version(UInt32)
    /// No header.
    case broken
  }

  /// Looks at the first bytes of the segment that begins with sequence `first`.
  static func check(_ bytes: UnsafeRawBufferPointer, first: UInt64) -> Verdict {
    guard let got = intactVersion(of: bytes) else { return .broken }
    guard got == version else { return .version(got) }
    func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    let span = NodeIdentity.Span(node: word(24), first: word(32))
    let owner = span.node == 0 ? nil : span
    guard owner.map({ (1...first).contains($0.first) }) ?? true, bytes.starts(with: encoded(first: first, owner: owner))
    else { return .broken }
    return .sound(owner)
  }

  /// The version in the header of a log of any version; nil: the bytes are not such a header.
  static func intactVersion(of bytes: UnsafeRawBufferPointer) -> UInt32? {
    guard bytes.count >= byteCount, bytes.starts(with: magic) else { return nil }
    let stored = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: checkedBytes, as: UInt64.self))
    guard stored == XXH3_64bits(bytes.baseAddress, checkedBytes) else { return nil }
    return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
  }
}
