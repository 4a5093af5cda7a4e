import Ranking

/// Counts of events by tweet and day, and their sums by tweet.
///
/// Without days an arm could never be forgotten in the same way at replicas that learn of the same events in different
/// order. With them, the oldest days go when there is no room.
struct ArmDays {
  static let daySeconds: UInt32 = 86_400

  /// What is known of a tweet over all its days.
  struct Sum {
    var counts = ArmCounts()
    /// Engagements on days after ``ArmDays/since``.
    var recent: UInt32 = 0
    /// How many days these are.
    var days: UInt32 = 0

    mutating func count(_ type: EventType, isRecent: Bool) {
      counts.count(type)
      if isRecent, type.isEngagement, recent < .max { recent += 1 }
    }

    mutating func discount(_ type: EventType, isRecent: Bool) {
      counts.discount(type)
      if isRecent, type.isEngagement, recent > 0 { recent -= 1 }
    }

    /// Adds a day.
    mutating func add(_ day: ArmCounts, isRecent: Bool) {
      counts.add(day)
      days += 1
      if isRecent { recent = UInt32(clamping: UInt64(recent) + day.engagements) }
    }

    /// Takes a day out.
    mutating func remove(_ day: ArmCounts, isRecent: Bool) {
      counts.remove(day)
      days -= 1
      if isRecent { recent = UInt32(clamping: Int64(recent) - Int64(day.engagements)) }
    }
  }

  /// By day and tweet.
  private(set) var days = GradualTable<TimedID, ArmCounts>()
  private(set) var sums = GradualTable<UInt64, Sum>()
  /// The days by time.
  private var order = OldestFirst<TimedID>()
  /// Nothing that is not above is kept; nil: nothing was dropped yet.
  private(set) var floor: TimedID?
  private let limit: Int
  /// The day after which engagements are counted as recent; nil: all are.
  private(set) var since: UInt32?

  init(limit: Int) { self.limit = limit }

  /// Counts an event on the day of `time`, unless that day is forgotten.
  mutating func count(_ type: EventType, tweet: UInt64, time: UInt32) {
    guard let key = key(tweet, time) else { return }
    change(key, day: { $0.count(type) }, sum: { $0.count(type, isRecent: $1) })
  }

  /// An item that was shown on the day of `time` had its first event: so many engagements were expected of it, in
  /// ``ExpectedEngagements/scale``.
  mutating func expect(_ units: Int64, tweet: UInt64, time: UInt32) {
    guard let key = key(tweet, time) else { return }
    change(key, day: { $0.expect(units) }, sum: { sum, _ in sum.counts.expect(units) })
  }

  /// An event that is counted turns out to have been at `earlier` instead of `time`.
  mutating func move(_ type: EventType, tweet: UInt64, from time: UInt32, to earlier: UInt32) {
    guard time / Self.daySeconds != earlier / Self.daySeconds else { return }
    if let key = key(tweet, time) {
      let isRecent = isRecent(key.time)
      if days.update(key, { $0.discount(type) }) { sums.update(tweet) { $0.discount(type, isRecent: isRecent) } }
    }
    count(type, tweet: tweet, time: earlier)
  }

  /// A copy of a counted event says a later time: it is not counted again, but the tweet has that day, as if it had been
  /// moved from there.
  mutating func reach(tweet: UInt64, time: UInt32) {
    if let key = key(tweet, time) { change(key, day: { _ in }, sum: { _, _ in }) }
  }

  /// Changes a day, which is made if need be, and its tweet's sum.
  private mutating func change(
    _ key: TimedID, day body: (inout ArmCounts) -> Void, sum: (inout Sum, _ isRecent: Bool) -> Void
  ) {
    let isNew = days.change(key, default: ArmCounts(), body)
    if isNew { order.add(key) }
    let isRecent = isRecent(key.time)
    sums.change(key.id, default: Sum()) {
      if isNew { $0.days += 1 }
      sum(&$0, isRecent)
    }
  }

  /// nil: that day is forgotten.
  private func key(_ tweet: UInt64, _ time: UInt32) -> TimedID? {
    let key = TimedID(time: time / Self.daySeconds, id: tweet)
    return floor.map { key <= $0 } ?? false ? nil : key
  }

  private func isRecent(_ day: UInt32) -> Bool { since.map { day > $0 } ?? true }

  /// Drops what is too old to have room; `body` gets each tweet of which something was dropped.
  mutating func makeRoom(_ body: (UInt64) -> Void) {
    while days.count > limit, let oldest = order.removeOldest() {
      floor = oldest
      guard let gone = days.remove(oldest) else { continue }
      let isRecent = isRecent(oldest.time)
      var isLast = false
      sums.update(oldest.id) {
        $0.remove(gone, isRecent: isRecent)
        isLast = $0.days == 0
      }
      if isLast { sums.remove(oldest.id) }
      body(oldest.id)
    }
  }

  /// Counts engagements on days after that of `time` as recent; 0: all.
  mutating func setSince(_ time: UInt32) {
    since = time == 0 ? nil : time / Self.daySeconds
    sums = GradualTable()
    for (key, counts) in days.elements { add(counts, key) }
  }

  private mutating func add(_ counts: ArmCounts, _ key: TimedID) {
    let isRecent = isRecent(key.time)
    sums.change(key.id, default: Sum()) { $0.add(counts, isRecent: isRecent) }
  }

  /// Takes over what was kept before.
  mutating func restore(_ counts: ArmCounts, _ key: TimedID) {
    days.set(key, to: counts)
    order.add(key)
    add(counts, key)
  }

  mutating func restore(floor: TimedID?) { self.floor = floor }

  /// The same days, for another thread: without the order, which is needed only where more come.
  func copy() -> ArmDays {
    var copy = self
    copy.order = OldestFirst()
    return copy
  }
}
