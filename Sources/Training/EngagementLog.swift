/// The engagements in the order of the log, column by column; all columns have the same length.
struct EngagementLog {
  /// Row of the user in `users.*`.
  var users: [UInt32] = []
  /// Row of the tweet in `tweets.*`.
  var tweets: [UInt32] = []
  /// Any finite number: what the engagement is worth.
  var scores: [Double] = []
  /// Unix seconds; 0 where the log does not say.
  var times: [Int64] = []
  /// Index into ``TrainingData/typeNames``.
  var types: [UInt8] = []

  var count: Int { scores.count }

  mutating func append(user: UInt32, tweet: UInt32, score: Double, time: Int64, type: UInt8 = 0) {
    users.append(user)
    tweets.append(tweet)
    scores.append(score)
    times.append(time)
    types.append(type)
  }

  /// The engagements for which `isKept` holds, in the same order: the part of a log that a ``ModelBuilder`` is to see.
  func filter(_ isKept: (Int) -> Bool) -> EngagementLog {
    var kept = EngagementLog()
    for index in 0..<count where isKept(index) {
      kept.append(
        user: users[index], tweet: tweets[index], score: scores[index], time: times[index], type: types[index])
    }
    return kept
  }
}
