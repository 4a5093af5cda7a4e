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

  /// No entries.
  public init() {}

  /// The entries in bytes from anywhere; nil: these bytes are no slice, or not all of one.
  public static func decode(_ bytes: [UInt8]) -> [(entry: LogEntry, sequence: UInt64)]? {
    bytes.withUnsafeBytes { raw in
      var entries: [(entry: LogEntry, sequence: UInt64)] = []
      var offset = 0
      while offset < raw.count {
        let rest = UnsafeRawBufferPointer(rebasing: raw[offset...])
        guard let record = LogRecord.decode(rest, place: .init(segment: 0, offset: offset)),
          record.sequence > entries.last?.sequence ?? 0
        else { return nil }
        entries.append((record.entry, record.sequence))
        offset += record.byteCount
      }
      return entries
    }
  }

  /// Adds an entry unless the bytes would become more than `maxBytes`; the first one always fits. Says whether it did.
  mutating func add(_ record: LogRecord, maxBytes: Int) -> Bool {
    guard count == 0 || bytes.count + record.byteCount <= maxBytes else { return false }
    let start = bytes.count
    var writer = ByteWriter(bytes: bytes)
    bytes = []
    LogRecord.encode(record.entry, into: &writer)
    writer.bytes.withUnsafeMutableBytes { raw in
      LogRecord.seal(
        UnsafeMutableRawBufferPointer(rebasing: raw[start...]), place: .init(segment: 0, offset: start),
        sequence: record.sequence, index: 0, attempt: 0)
    }
    bytes = writer.bytes
    count += 1
    if firstSequence == 0 { firstSequence = record.sequence }
    lastSequence = record.sequence
    return true
  }
}
