@testable import Feedback

/// Gives the records in any bytes the checksums that they would need: no mutation finds those by itself, and without them nothing
/// behind the checksum is ever reached.
enum SealedRecords {
  /// A record whose checksum, as it came, begins with this byte keeps it: damaged records are of interest too.
  private static let leftAlone: UInt8 = 0xFF

  /// The bytes, in which records begin at multiples of 8 from `start` on; with `numbers`, the records get ascending sequences
  /// from there on.
  static func seal(_ bytes: inout [UInt8], from start: Int, segment: UInt64, numbers: UInt64? = nil) {
    var next = numbers
    bytes.withUnsafeMutableBytes { raw in
      var offset = start
      while offset + LogRecord.headerBytes <= raw.count {
        let length = Int(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        guard length >= LogRecord.headerBytes, length <= raw.count - offset, length % LogRecord.alignment == 0 else {
          offset += LogRecord.alignment
          continue
        }
        if raw[offset + 4] != leftAlone {
          let sequence = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
          LogRecord.seal(
            UnsafeMutableRawBufferPointer(rebasing: raw[offset..<offset + length]),
            place: .init(segment: segment, offset: offset), sequence: next ?? sequence,
            index: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset + 16, as: UInt32.self)),
            attempt: UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: offset + 22, as: UInt16.self)))
          next = next.map { $0 &+ 1 }
        }
        offset += length
      }
    }
  }
}
