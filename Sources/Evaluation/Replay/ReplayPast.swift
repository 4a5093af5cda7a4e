import Training

/// What had happened before an impression to its user, and to its first positive.
struct ReplayPast {
  /// Engagements of the user.
  var user = 0
  /// Engagements with the positive, and with its author; nil without a positive.
  var tweet: Int?
  var author: Int?

  init() {}

  /// Looks at what `world` has folded so far.
  init(_ impression: Int, of impressions: ImpressionList, in world: EvaluationWorld) {
    let range = impressions.candidates(of: impression)
    let positive = range.first { impressions.labels[$0] }
    let found = world.past(
      user: impressions.users[impression], tweet: impressions.tweets[positive ?? range.lowerBound])
    user = found.userEngagements
    if positive != nil { (tweet, author) = (found.tweetEngagements, found.authorEngagements) }
  }

  /// Parts of the impressions by what had happened.
  static func slices(_ past: [ReplayPast]) -> [(name: String, isIn: [Bool])] {
    [
      ("users with 3 engagements or fewer", past.map { $0.user <= 3 }),
      ("users with 4 to 50 engagements", past.map { $0.user > 3 && $0.user <= 50 }),
      ("users with more than 50 engagements", past.map { $0.user > 50 }),
      ("tweets that nobody had engaged with", past.map { $0.tweet == 0 }),
      ("tweets that somebody had engaged with", past.map { ($0.tweet ?? 0) > 0 }),
      ("authors that nobody had engaged with", past.map { $0.author == 0 }),
    ]
  }
}
