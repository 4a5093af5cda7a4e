/// The trends of the tweets that were engaged with last.
struct Trends {
  private var table = GradualTable<UInt64, Trend>()
  /// By the hour of the newest engagement, or of an earlier one: whose turn it is may have had more since.
  private var order = OldestFirst<TimedID>()
  /// By hour: nothing that is not above is kept; nil: nothing was dropped yet.
  private(set) var floor: TimedID?
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Tweets.
  var count: Int { table.count }

  /// All tweets with their trends, in no particular order.
  var elements: some Sequence<(key: UInt64, value: Trend)> { table.elements }

  /// What is known of a tweet; nil: nothing.
  subscript(tweet: UInt64) -> Trend? { table[tweet] }

  /// Counts an engagement.
  mutating func count(tweet: UInt64, time: UInt32) { change(tweet, time) { $0.count(at: time) } }

  /// An engagement that is known turns out to have been at `earlier` instead of `time`, or else to be known at `time` too.
  mutating func move(tweet: UInt64, from time: UInt32, to earlier: UInt32) {
    change(tweet, time) { $0.discount(at: time) }
    count(tweet: tweet, time: earlier)
  }

  /// A copy of a known engagement says a later time: it is not counted again, but time has passed.
  mutating func reach(tweet: UInt64, time: UInt32) { change(tweet, time) { $0.reach(time) } }

  /// Changes what is known of a tweet, made if need be; nothing where the time is forgotten for this tweet.
  private mutating func change(_ tweet: UInt64, _ time: UInt32, _ body: (inout Trend) -> Void) {
    if let floor, TimedID(time: time / Trend.coarseSeconds, id: tweet) <= floor { return }
    let floor = floor
    let isNew = table.change(tweet, default: Trend(newest: time)) {
      if let floor { $0.forget(upTo: floor, tweet: tweet) }
      body(&$0)
    }
    if isNew { order.add(TimedID(time: time / Trend.coarseSeconds, id: tweet)) }
  }

  /// Drops tweets that are too old to have room; `body` gets each.
  mutating func makeRoom(_ body: (UInt64) -> Void) {
    while table.count > limit, let oldest = order.oldest {
      if let trend = table[oldest.id] {
        let newest = TimedID(time: trend.newest / Trend.coarseSeconds, id: oldest.id)
        if newest > oldest {
          order.replaceOldest(by: newest)
          continue
        }
        floor = newest
        table.remove(oldest.id)
        body(oldest.id)
      }
      order.removeOldest()
    }
  }

  /// Forgets hours of tweets that are kept which are too old for their own; `body` gets each tweet that this changes. Until
  /// then, or until there is more to count of it, a tweet's trend has them.
  /// - Complexity: O(tweets).
  mutating func forgetHours(_ body: (UInt64) -> Void) {
    guard let floor else { return }
    for (tweet, trend) in table.elements {
      var new = trend
      new.forget(upTo: floor, tweet: tweet)
      if new == trend { continue }
      table.set(tweet, to: new)
      body(tweet)
    }
  }

  /// Takes over what was kept before.
  mutating func restore(_ trend: Trend, tweet: UInt64) {
    table.set(tweet, to: trend)
    order.add(TimedID(time: trend.newest / Trend.coarseSeconds, id: tweet))
  }

  mutating func restore(floor: TimedID?) { self.floor = floor }

  /// The same trends, for another thread: without the order, which is needed only where more come.
  func copy() -> Trends {
    var copy = self
    copy.order = OldestFirst()
    return copy
  }
}

extension Trend {
  /// Forgets the hours of a tweet that are not above the floor.
  fileprivate mutating func forget(upTo floor: TimedID, tweet: UInt64) {
    let isUpTo = tweet <= floor.id
    if isUpTo || floor.time > 0 { forget(throughHour: isUpTo ? floor.time : floor.time - 1) }
  }
}
