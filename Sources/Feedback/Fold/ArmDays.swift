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

    mutating func count(_ type: EventType, isRecent: Bool) {
      counts.count(type)
      if isRecent, type.isEngagement, recent < .max { recent += 1 }
    }

    mutating func discount(_ type: EventType, isRecent: Bool) {
      counts.discount(type)
      if isRecent, type.isEngagement, recent > 0 { recent -= 1 }
    }
  }

  /// By day and tweet.
  private(set) var days: [TimedID: ArmCounts] = [:]
  private(set) var sums: [UInt64: Sum] = [:]
  /// Nothing that is not above is kept; nil: nothing was dropped yet.
  private(set) var floor: TimedID?
  private let limit: Int
  /// The day after which engagements are counted as recent; nil: all are.
  private(set) var since: UInt32?

  init(limit: Int) { self.limit = limit }

  /// Counts an event on the day of `time`, unless that day is forgotten.
  mutating func count(_ type: EventType, tweet: UInt64, time: UInt32) {
    guard let key = key(tweet, time) else { return }
    let isRecent = isRecent(key.time)
    days[key, default: ArmCounts()].count(type)
    sums[tweet, default: Sum()].count(type, isRecent: isRecent)
  }

  /// An item that was shown on the day of `time` had its first event: so many engagements were expected of it, in
  /// ``ExpectedEngagements/scale``.
  mutating func expect(_ units: Int64, tweet: UInt64, time: UInt32) {
    guard let key = key(tweet, time) else { return }
    days[key, default: ArmCounts()].expect(units)
    sums[tweet, default: Sum()].counts.expect(units)
  }

  /// An event that is counted turns out to have been at `earlier` instead of `time`.
  mutating func move(_ type: EventType, tweet: UInt64, from time: UInt32, to earlier: UInt32) {
    guard time / Self.daySeconds != earlier / Self.daySeconds else { return }
    if let key = key(tweet, time) {
      let isRecent = isRecent(key.time)
      days[key]?.discount(type)
      sums[tweet]?.discount(type, isRecent: isRecent)
    }
    count(type, tweet: tweet, time: earlier)
  }

  /// A copy of a counted event says a later time: it is not counted again, but the tweet has that day, as if it had been
  /// moved from there.
  mutating func reach(tweet: UInt64, time: UInt32) {
    guard let key = key(tweet, time), days[key] == nil else { return }
    days[key] = ArmCounts()
  }

  /// nil: that day is forgotten.
  private func key(_ tweet: UInt64, _ time: UInt32) -> TimedID? {
    let key = TimedID(time: time / Self.daySeconds, id: tweet)
    return floor.map { key <= $0 } ?? false ? nil : key
  }

  private func isRecent(_ day: UInt32) -> Bool { since.map { day > $0 } ?? true }

  /// Whether the table is so far over its limit that room should be made.
  var isCrowded: Bool { days.count > FoldLimits.slack(limit) }

  /// Drops what is too old to have room; `body` gets each tweet of which something was dropped.
  mutating func trim(_ body: (UInt64) -> Void) {
    guard let cut = TimedID.floor(of: Array(days.keys), capacity: limit) else { return }
    floor = cut
    let dropped = Set(days.keys.filter { $0 <= cut }.map(\.id))
    days = days.filter { $0.key > cut }
    addUp { dropped.contains($0) }
    for tweet in dropped { body(tweet) }
  }

  /// Counts engagements on days after that of `time` as recent; 0: all.
  mutating func setSince(_ time: UInt32) {
    since = time == 0 ? nil : time / Self.daySeconds
    addUp { _ in true }
  }

  /// Sums anew for those tweets.
  private mutating func addUp(_ isMeant: (UInt64) -> Bool) {
    sums = sums.filter { !isMeant($0.key) }
    for (key, counts) in days where isMeant(key.id) { add(counts, key) }
  }

  private mutating func add(_ counts: ArmCounts, _ key: TimedID) {
    var sum = sums[key.id] ?? Sum()
    sum.counts.add(counts)
    for type in EventType.allCases where type.isEngagement && isRecent(key.time) {
      sum.recent = UInt32(clamping: UInt64(sum.recent) + UInt64(counts[type]))
    }
    sums[key.id] = sum
  }

  /// Takes over what was kept before.
  mutating func restore(_ counts: ArmCounts, _ key: TimedID) {
    days[key] = counts
    add(counts, key)
  }

  mutating func restore(floor: TimedID?) { self.floor = floor }
}
