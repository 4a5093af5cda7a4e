import Kernels

/// What each user gave each tweet, for the model: one number a pair, the tweets engaged with last.
enum UserRatings {
  /// Tweets kept of a user, which bounds what a request has to read.
  static let limit = 256

  private struct Rated {
    var tweet: UInt32
    var sum: Double
    var count: Int
    /// Time and place in the log of the last engagement.
    var last: (time: Int64, index: UInt32)
  }

  /// [users, tweets] the mean of a user's scores for a tweet, at most ``limit`` tweets a user: those with the latest
  /// engagement, by time, then by place in the log. Means outside the range of 32-bit floats become its ends.
  /// - Complexity: O(users + engagements · log engagements of a user).
  static func build(log: EngagementLog, userCount: Int) -> SparseRows<Float> {
    let byUser = GroupedIndices(log.users, groupCount: userCount)
    var offsets: [UInt64] = [0]
    var tweets: [UInt32] = []
    var values: [Float] = []
    for user in 0..<userCount {
      // Sorted by tweet, then by place in the log.
      let order = byUser[user].sorted { (log.tweets[Int($0)], $0) < (log.tweets[Int($1)], $1) }
      var rated: [Rated] = []
      for index in order {
        let place = Int(index)
        let last = (time: log.times[place], index: index)
        if let previous = rated.last, previous.tweet == log.tweets[place] {
          rated[rated.count - 1].sum += log.scores[place]
          rated[rated.count - 1].count += 1
          if last > previous.last { rated[rated.count - 1].last = last }
        } else {
          rated.append(Rated(tweet: log.tweets[place], sum: log.scores[place], count: 1, last: last))
        }
      }
      if rated.count > limit {
        rated.sort { $0.last > $1.last }
        rated.removeLast(rated.count - limit)
        rated.sort { $0.tweet < $1.tweet }
      }
      for pair in rated {
        tweets.append(pair.tweet)
        let mean = Float(pair.sum / Double(pair.count))
        values.append(min(max(mean, -.greatestFiniteMagnitude), .greatestFiniteMagnitude))
      }
      offsets.append(UInt64(tweets.count))
    }
    return SparseRows(offsets: offsets, columns: tweets, values: values)
  }
}
