/// The order in which gradient descent visits the engagements, and the entities that take part in it.
///
/// As Surprise iterates a train set: users in the order of their first engagement, and each user's engagements in the
/// order of the log. Only users and tweets with engagements take part; they are numbered by first engagement.
struct FactorOrder {
  /// Row in `users.*` of each user who takes part.
  private(set) var userRows: [UInt32] = []
  /// Row in `tweets.*` of each tweet that takes part.
  private(set) var tweetRows: [UInt32] = []
  /// For each visit, the user's number among ``userRows``.
  private(set) var users: [UInt32] = []
  /// For each visit, the tweet's number among ``tweetRows``.
  private(set) var tweets: [UInt32] = []
  /// For each visit, the engagement's score.
  private(set) var scores: [Float] = []

  /// - Complexity: O(users + tweets + engagements) time and space.
  init(log: EngagementLog, userCount: Int, tweetCount: Int) {
    let userNumbers = Self.numbers(log.users, count: userCount, rows: &userRows)
    let tweetNumbers = Self.numbers(log.tweets, count: tweetCount, rows: &tweetRows)
    var next = [Int](repeating: 0, count: userRows.count + 1)
    for user in log.users { next[Int(userNumbers[Int(user)]) + 1] += 1 }
    for user in 0..<userRows.count { next[user + 1] += next[user] }
    users = [UInt32](repeating: 0, count: log.count)
    tweets = users
    scores = [Float](repeating: 0, count: log.count)
    for index in 0..<log.count {
      let user = userNumbers[Int(log.users[index])]
      let place = next[Int(user)]
      next[Int(user)] += 1
      users[place] = user
      tweets[place] = tweetNumbers[Int(log.tweets[index])]
      scores[place] = Float(log.scores[index])
    }
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
