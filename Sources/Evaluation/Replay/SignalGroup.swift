import Ranking

/// Signals that say the same kind of thing: the one place where they are grouped. Each signal of a moment is in one
/// group.
package enum SignalGroup: String, CaseIterable, Sendable {
  case age
  case tweet
  case author
  case userAndAuthor = "user and author"
  case edges
  case mentions
  case answers
  case hashtags
  case texts
  case topics
  case engagers = "engagers of the tweet"
  case readers = "readers of the author"
  case factors
  case embeddings

  /// The name for people.
  package var name: String { rawValue }

  package var signals: [Signal] {
    switch self {
    case .age: [.age, .sinceVisit]
    case .tweet: [.tweetCount, .trendingHalfHour, .trendingSixHours, .velocity]
    case .author: [.authorCount, .authorDay, .authorMonth, .authorRate, .authorPrior]
    case .userAndAuthor:
      [
        .affinityCount, .affinityHour, .affinityDay, .affinityMonth, .affinityShare, .affinityRate, .affinityRecency,
        .ownTweet,
      ]
    case .edges: [.edges, .edgesCount, .reverseEdges, .reverseCount, .mutual]
    case .mentions: [.mentionsUser, .mentionAffinity, .mentionEdges, .mentionCount]
    case .answers: [.repliesToUser, .replyAffinity, .isReply, .replySeen]
    case .hashtags: [.hashtagAffinity, .hashtagShare, .hashtagDay, .hashtagRate]
    case .texts: [.interests, .interestsNow, .ownWriting, .length]
    case .topics: [.topicsNow, .topics]
    case .engagers: [.likeReaders, .companions, .companionsMean]
    case .readers: [.authorReaders, .authorCompanions, .authorOverlap, .authorWalk]
    case .factors: [.authorFactors, .tweetFactors, .hashtagFactors]
    case .embeddings: [.embedding]
    }
  }
}
