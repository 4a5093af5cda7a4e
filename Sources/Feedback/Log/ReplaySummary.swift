/// What a replay found.
public struct ReplaySummary: Equatable, Sendable {
  /// Entries replayed.
  public var entries: UInt64
  /// The sequence of the last one in the log; 0: none.
  public var lastSequence: UInt64
  /// Bytes at the end that had been written but never acknowledged, and were cut off. 0 after an orderly stop.
  public var bytesDropped: Int
  /// What is lost, in the order of the log.
  public var damages: [LogDamage]

  /// Acknowledged entries that are lost.
  public var entriesLost: UInt64 { damages.reduce(0) { $0 &+ $1.count } }

  /// A summary.
  public init(entries: UInt64, lastSequence: UInt64, bytesDropped: Int = 0, damages: [LogDamage] = []) {
    self.entries = entries
    self.lastSequence = lastSequence
    self.bytesDropped = bytesDropped
    self.damages = damages
  }
}
