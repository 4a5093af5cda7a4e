import Ranking

/// What a look at a whole log found.
public struct LogContents: Equatable, Sendable {
  /// One file of the log.
  public struct Segment: Equatable, Sendable {
    /// The file's name in the state folder.
    public let file: String
    /// Whether a start has put it aside because it is not whole.
    public let isDamaged: Bool
    /// Sequence that the segment begins with.
    public let firstSequence: UInt64
    /// Sequence of its last entry that counts; below ``firstSequence``: there is none.
    public internal(set) var lastSequence: UInt64
    /// Length of the file.
    public let bytes: Int
    /// Length up to the last record that counts.
    public internal(set) var usedBytes: Int
    /// Events that count.
    public internal(set) var events: UInt64 = 0
    /// Rankings that count.
    public internal(set) var rankings: UInt64 = 0
    /// Settings of reward weights that count.
    public internal(set) var rewards: UInt64 = 0
    /// The earliest and the latest time that an entry says, in Unix seconds; nil: there is no entry.
    public internal(set) var times: ClosedRange<Int64>?

    /// All entries that count.
    public var entries: UInt64 { events + rankings + rewards }

    init(_ name: SegmentName, bytes: Int) {
      (file, isDamaged, firstSequence, self.bytes) = (name.text, name.isDamaged, name.first, bytes)
      (lastSequence, usedBytes) = (name.first - 1, 0)
    }

    mutating func count(_ record: LogRecord) {
      let time: Int64
      switch record.entry {
      case .event(let event, _): (events, time) = (events + 1, event.timestampSeconds)
      case .ranking(let ranking): (rankings, time) = (rankings + 1, ranking.timestampSeconds)
      case .rewards(let weights): (rewards, time) = (rewards + 1, weights.setAtSeconds)
      }
      times = min(times?.lowerBound ?? time, time)...max(times?.upperBound ?? time, time)
      (lastSequence, usedBytes) = (record.sequence, record.place.offset + record.byteCount)
    }
  }

  /// The files, in the order of the log.
  public internal(set) var segments: [Segment] = []
  /// What is lost or broken, in the same order.
  public internal(set) var damages: [LogDamage] = []
  /// Bytes behind the last entry that were never acknowledged; 0 beside a running server, whose next append they may be.
  public internal(set) var bytesDropped = 0
  /// Sequence of the last entry; 0: none.
  public internal(set) var lastSequence: UInt64 = 0

  /// Nothing yet.
  init() {}

  /// Sequence of the first entry that the log still can have; 0: there is no segment.
  public var firstSequence: UInt64 { segments.first?.firstSequence ?? 0 }
  /// Entries found.
  public var entries: UInt64 { segments.reduce(0) { $0 + $1.entries } }
}
