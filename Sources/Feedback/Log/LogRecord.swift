import CISAL
import Ranking

/// One entry with its sequence, as bytes that are valid in one place of one segment only.
///
/// | offset | type | field | check |
/// |---:|---|---|---|
/// | 0 | u32 | bytes of the record, this field and padding included | a multiple of 8, at most ``maxBytes`` |
/// | 4 | u32 | CRC32C, begun with the place (``Place``), of the length and of bytes 8 … end | |
/// | 8 | u64 | sequence | larger than that of the record before, at most ``lastSequence`` |
/// | 16 | u32 | records of the same append before this one | below the sequence |
/// | 20 | u8 | kind of the body | one of ``LogEntry/Kind`` |
/// | 21 | u8 | flags: 1: an event that is unmatched | no others |
/// | 22 | u16 | number of the append's attempt: tells a rolled back append's pages from those of the next | |
/// | 24 | | body, then zeros | |
struct LogRecord {
  static let headerBytes = 24
  /// Where what does not depend on the place begins.
  static let sequenceOffset = 8
  static let alignment = 8
  /// No log gets this far; so that no sum of a sequence and a count that bytes from anywhere say overflows.
  static let lastSequence: UInt64 = 1 << 62
  static let maxBytes = (headerBytes + LoggedRanking.bodyLimit + alignment - 1) / alignment * alignment

  var entry: LogEntry
  var sequence: UInt64
  /// Sequence of the first record of the append that this one belongs to.
  var appendStart: UInt64
  var attempt: UInt16
  var place: Place
  var byteCount: Int

  /// Where a record stands: what its checksum begins with.
  struct Place {
    /// First sequence of the segment; 0: outside of segments, on the way to another replica.
    var segment: UInt64
    /// Of the record's first byte.
    var offset: Int

    /// A CRC's start value, different for different places.
    fileprivate var seed: UInt32 {
      withUnsafeBytes(of: (segment.littleEndian, UInt64(truncatingIfNeeded: offset).littleEndian)) {
        LogRecord.crc32c($0, from: ~0)
      }
    }
  }

  /// Appends a record that has its place, sequence and attempt still to get from ``seal(_:place:sequence:index:attempt:)``.
  static func encode(_ entry: LogEntry, into writer: inout ByteWriter) {
    let start = writer.bytes.count
    for _ in 0..<2 { writer.put(UInt64(0)) }
    writer.put(UInt32(0))
    writer.put(entry.kind.rawValue)
    writer.put(entry.flags)
    writer.put(UInt16(0))
    entry.encode(into: &writer)
    writer.pad(from: start, to: alignment)
  }

  /// Completes the encoded record that `bytes` are.
  static func seal(
    _ bytes: UnsafeMutableRawBufferPointer, place: Place, sequence: UInt64, index: UInt32, attempt: UInt16
  ) {
    bytes.storeBytes(of: UInt32(bytes.count).littleEndian, toByteOffset: 0, as: UInt32.self)
    bytes.storeBytes(of: sequence.littleEndian, toByteOffset: 8, as: UInt64.self)
    bytes.storeBytes(of: index.littleEndian, toByteOffset: 16, as: UInt32.self)
    bytes.storeBytes(of: attempt.littleEndian, toByteOffset: 22, as: UInt16.self)
    let checksum = checksum(UnsafeRawBufferPointer(bytes), place: place)
    bytes.storeBytes(of: checksum.littleEndian, toByteOffset: 4, as: UInt32.self)
  }

  /// The record that begins where `bytes` do and is valid at `place`; nil: there is none. Any bytes are allowed.
  static func decode(_ bytes: UnsafeRawBufferPointer, place: Place) -> LogRecord? {
    guard let length = soundLength(bytes, place: place) else { return nil }
    let record = UnsafeRawBufferPointer(rebasing: bytes[..<length])
    let sequence = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    let index = UInt64(UInt32(littleEndian: record.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
    let body = UnsafeRawBufferPointer(rebasing: record[headerBytes...])
    guard index < sequence, sequence <= lastSequence,
      let entry = LogEntry.decode(body, kind: record[20], flags: record[21])
    else { return nil }
    let attempt = UInt16(littleEndian: record.loadUnaligned(fromByteOffset: 22, as: UInt16.self))
    return LogRecord(
      entry: entry, sequence: sequence, appendStart: sequence - index, attempt: attempt, place: place,
      byteCount: length)
  }

  /// The length of the record that begins where `bytes` do, whether or not this version knows its kind; nil: it is damaged.
  static func soundLength(_ bytes: UnsafeRawBufferPointer, place: Place) -> Int? {
    guard bytes.count >= headerBytes else { return nil }
    let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self)))
    guard length >= headerBytes, length <= min(bytes.count, maxBytes), length % alignment == 0 else { return nil }
    let record = UnsafeRawBufferPointer(rebasing: bytes[..<length])
    let stored = UInt32(littleEndian: record.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    return stored == checksum(record, place: place) ? length : nil
  }

  private static func checksum(_ record: UnsafeRawBufferPointer, place: Place) -> UInt32 {
    let length = withUnsafeBytes(of: UInt32(record.count).littleEndian) { crc32c($0, from: place.seed) }
    return ~crc32c(UnsafeRawBufferPointer(rebasing: record[8...]), from: length)
  }

  /// CRC-32C (RFC 3720, appendix B.4) without the inversions at both ends; in hardware where there is some.
  static func crc32c(_ bytes: UnsafeRawBufferPointer, from seed: UInt32) -> UInt32 {
    // The library's parameter is not const, but it only reads.
    let all = UnsafeMutableRawBufferPointer(mutating: bytes)
    return crc32_iscsi(all.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(truncatingIfNeeded: all.count), seed)
  }
}
