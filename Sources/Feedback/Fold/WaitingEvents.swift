import Ranking

/// Events that name rankings which are not known: of another node that has not told of them yet, forgotten, or forged.
struct WaitingEvents {
  /// By request id, in no particular order.
  private(set) var events: [UInt64: Set<FeedbackEvent>] = [:]
  private(set) var count = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Keeps an event, once.
  mutating func add(_ event: FeedbackEvent) {
    if events[event.requestID, default: []].insert(event).inserted { count += 1 }
  }

  /// Takes out those of a ranking.
  mutating func take(_ requestID: UInt64) -> Set<FeedbackEvent> {
    guard count > 0, let taken = events.removeValue(forKey: requestID) else { return [] }
    count -= taken.count
    return taken
  }

  /// Whether there are so many over the limit that room should be made.
  var isCrowded: Bool { count > FoldLimits.slack(limit) }

  /// Drops the oldest events where there is no room. Replicas which learn of rankings and of more events than
  /// the limit in different order may then differ in these events.
  mutating func trim() {
    guard count > limit else { return }
    let kept = sorted().suffix(limit)
    events = Dictionary(grouping: kept, by: \.requestID).mapValues { Set($0) }
    count = kept.count
  }

  /// All, by time and then by everything else.
  func sorted() -> [FeedbackEvent] {
    func parts(_ e: FeedbackEvent) -> (Int64, UInt64, UInt64, UInt64, UInt32) {
      (e.timestampSeconds, e.requestID, e.tweetID, e.userID, e.type)
    }
    return events.values.flatMap { $0 }.sorted { parts($0) < parts($1) }
  }
}
