import CXXHash
import Ranking

/// One event in the log: 64 bytes, little-endian.
///
/// | offset | type | field | check |
/// |---:|---|---|---|
/// | 0 | u32 | length of the record in bytes | 64 |
/// | 4 | u32 | event type | any: types of later versions survive |
/// | 8 | u64 | sequence | that of the record before, plus 1 |
/// | 16 | u64 | user id | |
/// | 24 | u64 | tweet id | |
/// | 32 | i64 | Unix seconds | |
/// | 40 | u64 | request id, 0: none | |
/// | 48 | u64 | sequence of the first record of the same append | 1 … sequence |
/// | 56 | u64 | XXH3-64 of bytes 0 … 55, its seed the record's offset in the file | |
///
/// The seed makes a record valid at one place only. 64 divides the size of a disk sector and the header has the size of
/// a record, so after a power failure a record is there as a whole or not at all (zeros).
struct LogRecord: Equatable {
  static let byteCount = 64
  private static let checkedBytes = 56

  var event: FeedbackEvent
  var sequence: UInt64
  /// The sequence of the first event that was appended together with this one.
  var appendStart: UInt64

  /// Writes the record for `offset` in the file into 64 bytes.
  func encode(into bytes: UnsafeMutableRawBufferPointer, offset: Int) {
    precondition(bytes.count >= Self.byteCount)
    bytes.storeBytes(of: UInt32(Self.byteCount).littleEndian, toByteOffset: 0, as: UInt32.self)
    bytes.storeBytes(of: event.type.littleEndian, toByteOffset: 4, as: UInt32.self)
    bytes.storeBytes(of: sequence.littleEndian, toByteOffset: 8, as: UInt64.self)
    bytes.storeBytes(of: event.userID.littleEndian, toByteOffset: 16, as: UInt64.self)
    bytes.storeBytes(of: event.tweetID.littleEndian, toByteOffset: 24, as: UInt64.self)
    bytes.storeBytes(of: event.timestampSeconds.littleEndian, toByteOffset: 32, as: Int64.self)
    bytes.storeBytes(of: event.requestID.littleEndian, toByteOffset: 40, as: UInt64.self)
    bytes.storeBytes(of: appendStart.littleEndian, toByteOffset: 48, as: UInt64.self)
    let checksum = Self.checksum(UnsafeRawBufferPointer(bytes), offset: offset)
    bytes.storeBytes(of: checksum.littleEndian, toByteOffset: Self.checkedBytes, as: UInt64.self)
  }

  /// The record that stands at `offset` of the file and is sequence `expected`; nil: these bytes are no such record.
  static func decode(_ bytes: UnsafeRawBufferPointer, offset: Int, expected: UInt64) -> LogRecord? {
    guard bytes.count >= byteCount,
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self)) == UInt32(byteCount)
    else { return nil }
    let word = { (at: Int) in UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) }
    guard word(checkedBytes) == checksum(bytes, offset: offset), word(8) == expected else { return nil }
    let appendStart = word(48)
    guard (1...expected).contains(appendStart) else { return nil }
    let event = FeedbackEvent(
      userID: word(16), tweetID: word(24),
      type: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)),
      timestampSeconds: Int64(bitPattern: word(32)), requestID: word(40))
    return LogRecord(event: event, sequence: expected, appendStart: appendStart)
  }

  private static func checksum(_ bytes: UnsafeRawBufferPointer, offset: Int) -> UInt64 {
    XXH3_64bits_withSeed(bytes.baseAddress, checkedBytes, UInt64(offset))
  }
}
