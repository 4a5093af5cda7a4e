import Ranking

/// Counts of what a log says, entry by entry.
///
/// Memory: ``FoldLimits/recentKeys`` keys.
public struct LogStatistics: Sendable {
  /// Events by their type's number on the wire.
  public private(set) var eventsByType: [UInt32: UInt64] = [:]
  /// Events that named no ranking that the server knew, or no tweet that it had shown, when they were recorded.
  public private(set) var unmatched: UInt64 = 0
  /// Events that name no ranking at all.
  public private(set) var withoutRequest: UInt64 = 0
  /// Events that stand in the log again: at first they did not match. Duplicates of other kinds are not stored.
  public private(set) var repeated: UInt64 = 0
  private var keys = RecentKeys(limit: FoldLimits().recentKeys)

  /// Nothing yet.
  public init() {}

  /// Takes note of an entry.
  public mutating func count(_ entry: LogEntry) {
    guard case .event(let event, let isUnmatched) = entry else { return }
    eventsByType[event.type, default: 0] += 1
    if isUnmatched { unmatched += 1 }
    guard let key = event.key else {
      withoutRequest += 1
      return
    }
    if !keys.insert(key) { repeated += 1 }
  }

  /// All events.
  public var events: UInt64 { eventsByType.values.reduce(0, +) }
}
