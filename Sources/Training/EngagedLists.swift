/// Which tweets each user's rows of the log are about, for the model: what is not recommended to the user any more.
enum EngagedLists {
  /// Lists of tweets, each once, in order of the last row about it: by time, then by place in the log.
  /// - Complexity: O(users + engagements · log engagements of a user).
  static func build(log: EngagementLog, userCount: Int) -> (offsets: [UInt64], tweets: [UInt32]) {
    let byUser = GroupedIndices(log.users, groupCount: userCount)
    var offsets: [UInt64] = [0]
    var tweets: [UInt32] = []
    var seen: Set<UInt32> = []
    for user in 0..<userCount {
      let latestFirst = byUser[user].sorted {
        (log.times[Int($0)], $0) > (log.times[Int($1)], $1)
      }
      seen.removeAll(keepingCapacity: true)
      let distinct = latestFirst.map { log.tweets[Int($0)] }.filter { seen.insert($0).inserted }
      tweets += distinct.reversed()
      offsets.append(UInt64(tweets.count))
    }
    return (offsets, tweets)
  }
}
