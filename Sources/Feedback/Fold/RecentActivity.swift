import Ranking

/// What one user did last.
struct RecentActivity: Equatable {
  /// Tweets that the user engaged with, each once at its newest time, newest first. Unix seconds.
  var engaged: [TimedID] = []
  /// Tweets that the user was shown, newest first; a tweet is there once for each time.
  var impressions: [TimedID] = []

  /// When the user did the newest of these.
  var newest: UInt32 { max(engaged.first?.time ?? 0, impressions.first?.time ?? 0) }

  /// Drops what is too old.
  mutating func drop(_ isTooOld: (TimedID) -> Bool) {
    engaged.removeAll(where: isTooOld)
    impressions.removeAll(where: isTooOld)
  }

  /// Copies engagements from `since` on, and the impressions, as far as there is room.
  func copy(since: UInt32, into live: LiveFacts) {
    for one in engaged.prefix(LiveFacts.engagedKept) where one.time >= since {
      live.engagedTweets[live.engagedCount] = one.id
      live.engagedTimes[live.engagedCount] = Int64(one.time)
      live.engagedCount += 1
    }
    for one in impressions.prefix(LiveFacts.shownKept) {
      live.shownTweets[live.shownCount] = one.id
      live.shownTimes[live.shownCount] = Int64(one.time)
      live.shownCount += 1
    }
  }
}
