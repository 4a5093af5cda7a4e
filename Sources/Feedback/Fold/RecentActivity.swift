import Ranking

/// What one user did last.
struct RecentActivity: Equatable {
  /// Tweets that the user engaged with, each once at its newest time, newest first. Unix seconds.
  var engaged: [TimedID] = []
  /// Tweets that the user was shown, newest first; a tweet is there once for each time.
  var impressions: [TimedID] = []

  /// When the user did the newest of these.
  var newest: UInt32 { max(engaged.first?.time ?? 0, impressions.first?.time ?? 0) }

  /// Forgets what this user did up to `floor`, of which the id is a user's.
  mutating func forget(upTo floor: TimedID, user: UInt64) {
    engaged.removeAll { TimedID(time: $0.time, id: user) <= floor }
    impressions.removeAll { TimedID(time: $0.time, id: user) <= floor }
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
