import Kernels

/// The order in which gradient descent visits the engagements, and the entities that take part in it.
///
/// As Surprise iterates a train set: users in the order of their first engagement, and each user's engagements in the
/// order of the log. Only users and tweets with engagements take part; they are numbered by first engagement.
package struct FactorOrder: Sendable {
  /// Row in `users.*` of each user who takes part.
  package private(set) var userRows: [UInt32] = []
  /// Row in `tweets.*` of each tweet that takes part.
  package private(set) var tweetRows: [UInt32] = []
  /// For each visit, the user's number among ``userRows``.
  package private(set) var users: [UInt32] = []
  /// For each visit, the tweet's number among ``tweetRows``.
  package private(set) var tweets: [UInt32] = []
  /// For each visit, the engagement's score.
  package private(set) var scores: [Double] = []
  /// The arithmetic mean of the scores, rounded as numpy rounds it; 0 if there are none. Surprise's `global_mean`.
  package private(set) var meanScore = 0.0

  /// The order for a log.
  init(log: EngagementLog, userCount: Int, tweetCount: Int) {
    self.init(
      users: log.users, tweets: log.tweets, scores: log.scores, userCount: userCount, tweetCount: tweetCount)
  }

  /// The order for columns of the same length, in the order of the log: the rows of user and tweet, below `userCount`
  /// and `tweetCount`, and the score.
  ///
  /// - Complexity: O(users + tweets + engagements) time and space.
  package init(
    users logUsers: [UInt32], tweets logTweets: [UInt32], scores logScores: [Double], userCount: Int, tweetCount: Int
  ) {
    let userNumbers = Self.numbers(logUsers, count: userCount, rows: &userRows)
    let tweetNumbers = Self.numbers(logTweets, count: tweetCount, rows: &tweetRows)
    var next = [Int](repeating: 0, count: userRows.count + 1)
    for user in logUsers { next[Int(userNumbers[Int(user)]) + 1] += 1 }
    for user in 0..<userRows.count { next[user + 1] += next[user] }
    users = [UInt32](repeating: 0, count: logScores.count)
    tweets = users
    scores = [Double](repeating: 0, count: logScores.count)
    for index in 0..<logScores.count {
      let user = userNumbers[Int(logUsers[index])]
      let place = next[Int(user)]
      next[Int(user)] += 1
      users[place] = user
      tweets[place] = tweetNumbers[Int(logTweets[index])]
      scores[place] = logScores[index]
    }
    meanScore = scores.withUnsafeBufferPointer(NumPySum.mean)
  }

  private static func numbers(_ appearances: [UInt32], count: Int, rows: inout [UInt32]) -> [UInt32] {
    var numbers = [UInt32](repeating: .max, count: count)
    for row in appearances where numbers[Int(row)] == .max {
      numbers[Int(row)] = UInt32(rows.count)
      rows.append(row)
    }
    return numbers
  }
}
