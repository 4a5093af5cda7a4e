import Ranking

/// Events that name rankings which are not known: of another node that has not told of them yet, forgotten, or forged.
struct WaitingEvents {
  /// An event by its time and then by everything else.
  private struct Place: Comparable {
    let event: FeedbackEvent

    private var parts: (Int64, UInt64, UInt64, UInt64, UInt32) {
      (event.timestampSeconds, event.requestID, event.tweetID, event.userID, event.type)
    }

    static func < (a: Place, b: Place) -> Bool {
      a.parts < b.parts
    }

    static func == (a: Place, b: Place) -> Bool { a.event == b.event }
  }

  /// By request id, in no particular order.
  private var events = GradualTable<UInt64, Set<FeedbackEvent>>()
  /// The same by time, and some that do not wait any more.
  private var order = OldestFirst<Place>()
  private(set) var count = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Keeps an event, once.
  mutating func add(_ event: FeedbackEvent) {
    var isNew = false
    events.change(event.requestID, default: []) { isNew = $0.insert(event).inserted }
    guard isNew else { return }
    count += 1
    order.add(Place(event: event))
    // What waits no more goes as fast as others come.
    for _ in 0..<2 { if let oldest = order.oldest, !waits(oldest.event) { order.removeOldest() } }
    if order.count > 2 * max(count, limit) { order = OldestFirst(all.map { Place(event: $0) }) }
  }

  private func waits(_ event: FeedbackEvent) -> Bool { events[event.requestID]?.contains(event) ?? false }

  /// Takes out those of a ranking.
  mutating func take(_ requestID: UInt64) -> Set<FeedbackEvent> {
    guard count > 0, let taken = events.remove(requestID) else { return [] }
    count -= taken.count
    return taken
  }

  /// Drops the oldest events where there is no room. Replicas which learn of rankings and of more events than
  /// the limit in different order may then differ in these events.
  mutating func makeRoom() {
    while count > limit, let oldest = order.removeOldest()?.event {
      var isLast = false
      let isKnown = events.update(oldest.requestID) { waiting in
        if waiting.remove(oldest) != nil { count -= 1 }
        isLast = waiting.isEmpty
      }
      if isKnown, isLast { events.remove(oldest.requestID) }
    }
  }

  private var all: some Sequence<FeedbackEvent> { events.elements.lazy.flatMap(\.value) }

  /// All, by time and then by everything else.
  func sorted() -> [FeedbackEvent] { all.map { Place(event: $0) }.sorted().map(\.event) }

  /// The same events, for another thread: without the order, which is needed only where more come.
  func copy() -> WaitingEvents {
    var copy = self
    copy.order = OldestFirst()
    return copy
  }
}
