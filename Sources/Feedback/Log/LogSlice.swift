/// Some entries of a log in a row, as they travel to other replicas.
///
/// The bytes are records as in a segment, their checksums made for the place "segment 0" and their offset in these bytes.
public struct LogSlice: Equatable, Sendable {
  /// The records, one after the other.
  public private(set) var bytes: [UInt8] = []
  /// Number of entries.
  public private(set) var count = 0
  /// Sequence of the first entry; 0: there is none.
  public private(set) var firstSequence: UInt64 = 0
  /// Sequence of the last one; where entries are lost there are fewer than the numbers between.
  public private(set) var lastSequence: UInt64 = 0

  /// CRC32C of the last entry and its sequence, wherever it stands: tells it from another one with the same sequence.
  public private(set) var lastFingerprint: UInt32 = 0

  /// No entries.
  public init() {}

  /// What bytes from anywhere hold.
  public struct Content {
    /// The entries that this version knows, ascending in sequence.
    public internal(set) var entries: [(entry: LogEntry, sequence: UInt64)] = []
    /// Sound records that it does not know.
    public internal(set) var unknown = 0
    /// Whether something is no record, or out of order; nothing behind it was looked at.
    public internal(set) var isDamaged = false
  }

  /// The entries in bytes from anywhere; nil: these bytes are no slice, or not all of one.
  public static func decode(_ bytes: [UInt8]) -> [(entry: LogEntry, sequence: UInt64)]? {
    let content = content(of: bytes)
    return content.isDamaged || content.unknown > 0 ? nil : content.entries
  }

  /// What can be used of bytes from anywhere.
  public static func content(of bytes: [UInt8]) -> Content {
    bytes.withUnsafeBytes { raw in
      var content = Content()
      var offset = 0
      while offset < raw.count {
        let rest = UnsafeRawBufferPointer(rebasing: raw[offset...])
        let place = LogRecord.Place(segment: 0, offset: offset)
        guard let length = LogRecord.soundLength(rest, place: place) else {
          content.isDamaged = true
          break
        }
        offset += length
        guard let record = LogRecord.decode(rest, place: place) else {
          content.unknown += 1
          continue
        }
        guard record.sequence > content.entries.last?.sequence ?? 0 else {
          content.isDamaged = true
          break
        }
        content.entries.append((record.entry, record.sequence))
      }
      return content
    }
  }

  /// The entries up to number `sequence`.
  public func prefix(through sequence: UInt64) -> LogSlice {
    guard lastSequence > sequence else { return self }
    var slice = LogSlice()
    for (entry, number) in Self.content(of: bytes).entries where number <= sequence {
      slice.add(entry, number)
    }
    return slice
  }

  /// Adds an entry unless the bytes would become more than `maxBytes`; the first one always fits. Says whether it did.
  mutating func add(_ record: LogRecord, maxBytes: Int) -> Bool {
    guard count == 0 || bytes.count + record.byteCount <= maxBytes else { return false }
    add(record.entry, record.sequence)
    return true
  }

  private mutating func add(_ entry: LogEntry, _ sequence: UInt64) {
    let start = bytes.count
    var writer = ByteWriter(bytes: bytes)
    bytes = []
    LogRecord.encode(entry, into: &writer)
    writer.bytes.withUnsafeMutableBytes { raw in
      LogRecord.seal(
        UnsafeMutableRawBufferPointer(rebasing: raw[start...]), place: .init(segment: 0, offset: start),
        sequence: sequence, index: 0, attempt: 0)
      lastFingerprint = LogRecord.crc32c(
        UnsafeRawBufferPointer(rebasing: raw[(start + LogRecord.sequenceOffset)...]), from: ~0)
    }
    bytes = writer.bytes
    count += 1
    if firstSequence == 0 { firstSequence = sequence }
    lastSequence = sequence
  }
}
