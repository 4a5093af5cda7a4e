/// The trends of the tweets that were engaged with last.
struct Trends {
  /// By tweet: where in ``trends``.
  private var places: [UInt64: UInt32] = [:]
  private(set) var tweets: ContiguousArray<UInt64> = []
  private(set) var trends: ContiguousArray<Trend> = []
  /// By hour: nothing that is not above is kept; nil: nothing was dropped yet.
  private(set) var floor: TimedID?
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// What is known of a tweet; nil: nothing.
  subscript(tweet: UInt64) -> Trend? { places[tweet].map { trends[Int($0)] } }

  /// Counts an engagement.
  mutating func count(tweet: UInt64, time: UInt32) {
    if let place = place(of: tweet, time: time) { trends[place].count(at: time) }
  }

  /// An engagement that is known turns out to have been at `earlier` instead of `time`, or else to be known at `time` too.
  mutating func move(tweet: UInt64, from time: UInt32, to earlier: UInt32) {
    if let place = place(of: tweet, time: time) {
      if !isForgotten(tweet, time) { trends[place].discount(at: time) }
    }
    count(tweet: tweet, time: earlier)
  }

  /// A copy of a known engagement says a later time: it is not counted again, but time has passed.
  mutating func reach(tweet: UInt64, time: UInt32) {
    if let place = place(of: tweet, time: time) { trends[place].reach(time) }
  }

  private func isForgotten(_ tweet: UInt64, _ time: UInt32) -> Bool {
    floor.map { TimedID(time: time / Trend.coarseSeconds, id: tweet) <= $0 } ?? false
  }

  /// The place of a tweet, made if need be; nil: the time is forgotten for this tweet.
  private mutating func place(of tweet: UInt64, time: UInt32) -> Int? {
    if isForgotten(tweet, time) { return nil }
    if let known = places[tweet] { return Int(known) }
    places[tweet] = UInt32(trends.count)
    tweets.append(tweet)
    trends.append(Trend(newest: time))
    return trends.count - 1
  }

  /// Whether the table is so far over its limit that room should be made.
  var isCrowded: Bool { trends.count > FoldLimits.slack(limit) }

  /// Drops what is too old to have room; `body` gets each tweet of which something was dropped.
  mutating func trim(_ body: (UInt64) -> Void) {
    let hours = trends.indices.map { TimedID(time: trends[$0].newest / Trend.coarseSeconds, id: tweets[$0]) }
    guard let cut = TimedID.floor(of: hours, capacity: limit) else { return }
    floor = cut
    let (oldTweets, oldTrends) = (tweets, trends)
    places.removeAll(keepingCapacity: true)
    tweets.removeAll(keepingCapacity: true)
    trends.removeAll(keepingCapacity: true)
    for (i, tweet) in oldTweets.enumerated() {
      if hours[i] > cut {
        var trend = oldTrends[i]
        // Hours of which (hour, tweet) is not above the floor.
        let isUpTo = tweet <= cut.id
        if isUpTo || cut.time > 0 { trend.forget(throughHour: isUpTo ? cut.time : cut.time - 1) }
        if trend != oldTrends[i] { body(tweet) }
        restore(trend, tweet: tweet)
      } else {
        body(tweet)
      }
    }
  }

  /// Takes over what was kept before.
  mutating func restore(_ trend: Trend, tweet: UInt64) {
    places[tweet] = UInt32(trends.count)
    tweets.append(tweet)
    trends.append(trend)
  }

  mutating func restore(floor: TimedID?) { self.floor = floor }
}
