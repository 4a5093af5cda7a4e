/// The signals of a score, in the order of the blend's tensors and of an explanation's columns.
///
/// Each is a number per (user, candidate) that does not depend on the other candidates.
public enum Signal: Int, CaseIterable, Sendable {
  /// Biased matrix factorisation: mean + user bias + tweet bias + user factors · tweet factors. Terms of entities
  /// without a row are 0.
  case svd
  /// Cosine of the user's TF-IDF profile and the tweet's TF-IDF vector, in [0, 1]; 0 without either.
  case profile
  /// Mean of what the users most like this one gave the tweet, weighted by their similarity; 0 where none of them has
  /// rated it.
  case userNeighbours
  /// Mean of what the user gave the tweets that this one is most similar to, weighted by similarity; 0 without any.
  case itemNeighbours
  /// ln(PageRank of the tweet / the smallest PageRank of any tweet), ≥ 0; 0 for tweets without a row.
  case tweetPageRank
  /// The same of the tweet's author in the user graph; 0 for unknown authors.
  case authorPageRank
  /// The caller's own score, clamped to ±``callerBound``; 0 where absent or not finite.
  case caller
  // As of the moment of the request: what `MomentSignals` computes.

  /// ln(1 + hours since the tweet was written); missing for tweets without a time or from the future.
  case age
  /// Hours between the user's last engagement and the writing of the tweet as ±ln(1 + |hours|), positive for tweets
  /// written since.
  case sinceVisit
  /// ln(1 + engagements with the tweet).
  case tweetCount
  /// The same, halving every half hour.
  case trendingHalfHour
  /// The same, halving every six hours.
  case trendingSixHours
  /// How engagements speed up: ln((half-hour count + 1) / (six-hour count + 1)), at most 0.
  case velocity
  /// ln(1 + engagements that the author's tweets received).
  case authorCount
  /// The same, halving every day.
  case authorDay
  /// The same, halving every month.
  case authorMonth
  /// Engagements a tweet of the author: ln((received + 1) / (written + 10)).
  case authorRate
  /// ln(1 + the user's engagements with the author).
  case affinityCount
  /// The same, halving every hour.
  case affinityHour
  /// The same, halving every day.
  case affinityDay
  /// The same, halving every month.
  case affinityMonth
  /// Share of the user's engagements that went to the author, shrunk: n / (all + 5).
  case affinityShare
  /// Share of the author's tweets that the user engaged with: ln((n + 0.02) / (written + 2)).
  case affinityRate
  /// ln(1 + hours since the user last engaged with the author); missing where never.
  case affinityRecency
  /// 1 for the user's own tweets.
  case ownTweet
  /// ln(1 + weight of the user's edges to the author), halving every month.
  case edges
  /// ln(1 + weight of the user's edges to the author), ever.
  case edgesCount
  /// ln(1 + weight of the author's edges to the user), halving every month.
  case reverseEdges
  /// ln(1 + weight of the author's edges to the user), ever.
  case reverseCount
  /// 1 where there are edges both ways.
  case mutual
  /// 1 for tweets that mention the user.
  case mentionsUser
  /// ln(1 + the user's engagements with the mentioned account engaged with most).
  case mentionAffinity
  /// ln(1 + weight of the user's edges to the mentioned account linked to most).
  case mentionEdges
  /// ln(1 + accounts mentioned).
  case mentionCount
  /// ln(1 + the user's engagements with the tweet's best hashtag), halving every fortnight.
  case hashtagAffinity
  /// Share of the user's engagements that carry the tweet's best hashtag, shrunk: n / (all + 10).
  case hashtagShare
  /// ln(1 + engagements with the tweet's most engaged hashtag), halving every day.
  case hashtagDay
  /// Engagements a tweet with the tweet's best hashtag: ln((engagements + 1) / (written + 10)); missing without
  /// hashtags.
  case hashtagRate
  /// Cosine of the tweet and the sum of the tweets that the user engaged with, halving every two months.
  case interests
  /// The same, halving every two days.
  case interestsNow
  /// Cosine of the tweet and the sum of the user's own tweets.
  case ownWriting
  /// Mean cosine of the tweet and all tweets engaged with by anybody, halving every six hours.
  case topicsNow
  /// The same, halving every three days.
  case topics
  /// ln(1 + different terms).
  case length
  /// ln(1 + similarities of the tweet's engagers to the user, by the authors both read).
  case likeReaders
  /// ln(1 + 10 · similarities of the tweet's engagers to the user, by the tweets both engaged with).
  case companions
  /// Mean of those, shrunk by one engager.
  case companionsMean
  /// How much accounts that read like the user engage with the author, ln(1 + x).
  case authorReaders
  /// The same of accounts that engage with the same tweets, ln(1 + 10 x).
  case authorCompanions
  /// How much the author's readers overlap with those of the authors the user engages with, ln(1 + x).
  case authorOverlap
  /// Least squares over (account, author): product of factors.
  case authorFactors
  /// Least squares over (account, tweet), the tweet folded in from its engagers.
  case tweetFactors
  /// Least squares over (account, hashtag): product with the mean of the tweet's hashtags.
  case hashtagFactors
  /// ln of the author's personalised PageRank from the user, over the even share.
  case authorWalk
  /// ln of the author's PageRank in the graph of engagements and edges, over the even share.
  case authorPrior
  /// 1 for answers to, and quotes of, the user's tweets.
  case repliesToUser
  /// ln(1 + the user's engagements with the author of the tweet that is answered or quoted).
  case replyAffinity
  /// 1 for answers and quotes.
  case isReply
  /// 1 where the user engaged with the tweet that is answered or quoted.
  case replySeen
  /// Cosine of the tweet's embedding and the sum of those that the user engaged with, halving every two months; only
  /// where embeddings were given, missing for tweets and users without any.
  case embedding

  /// Always 1: its contribution is the log odds of a tweet of which nothing is known.
  case base

  /// The name in model files and explanations.
  public var name: String {
    switch self {
    case .svd: "svd"
    case .profile: "profile"
    case .userNeighbours: "user_neighbours"
    case .itemNeighbours: "item_neighbours"
    case .tweetPageRank: "tweet_pagerank"
    case .authorPageRank: "author_pagerank"
    case .caller: "caller"
    case .age: "age"
    case .sinceVisit: "since_visit"
    case .tweetCount: "tweet_count"
    case .trendingHalfHour: "trending_half_hour"
    case .trendingSixHours: "trending_six_hours"
    case .velocity: "velocity"
    case .authorCount: "author_count"
    case .authorDay: "author_day"
    case .authorMonth: "author_month"
    case .authorRate: "author_rate"
    case .affinityCount: "affinity_count"
    case .affinityHour: "affinity_hour"
    case .affinityDay: "affinity_day"
    case .affinityMonth: "affinity_month"
    case .affinityShare: "affinity_share"
    case .affinityRate: "affinity_rate"
    case .affinityRecency: "affinity_recency"
    case .ownTweet: "own_tweet"
    case .edges: "edges"
    case .edgesCount: "edges_count"
    case .reverseEdges: "reverse_edges"
    case .reverseCount: "reverse_count"
    case .mutual: "mutual"
    case .mentionsUser: "mentions_user"
    case .mentionAffinity: "mention_affinity"
    case .mentionEdges: "mention_edges"
    case .mentionCount: "mention_count"
    case .hashtagAffinity: "hashtag_affinity"
    case .hashtagShare: "hashtag_share"
    case .hashtagDay: "hashtag_day"
    case .hashtagRate: "hashtag_rate"
    case .interests: "interests"
    case .interestsNow: "interests_now"
    case .ownWriting: "own_writing"
    case .topicsNow: "topics_now"
    case .topics: "topics"
    case .length: "length"
    case .likeReaders: "like_readers"
    case .companions: "companions"
    case .companionsMean: "companions_mean"
    case .authorReaders: "author_readers"
    case .authorCompanions: "author_companions"
    case .authorOverlap: "author_overlap"
    case .authorFactors: "author_factors"
    case .tweetFactors: "tweet_factors"
    case .hashtagFactors: "hashtag_factors"
    case .authorWalk: "author_walk"
    case .authorPrior: "author_prior"
    case .repliesToUser: "replies_to_user"
    case .replyAffinity: "reply_affinity"
    case .isReply: "is_reply"
    case .replySeen: "reply_seen"
    case .embedding: "embedding"
    case .base: "base"
    }
  }

  /// Caller scores are clamped to [-callerBound, callerBound] so that one service's scale cannot drown the rest.
  public static let callerBound: Float = 10

  /// The signals that do not depend on the moment, from a model's static tables.
  public static let timeless: [Signal] = [
    .svd, .profile, .userNeighbours, .itemNeighbours, .tweetPageRank, .authorPageRank, .caller,
  ]

  /// The signals as of the moment of a request.
  public static let ofMoment: [Signal] = allCases.filter { !timeless.contains($0) && $0 != .base }

  /// The signals that a model file lists, comma-separated; each must be one of `known`, and stand there once.
  static func list(_ names: String?, of known: [Signal]) throws(ModelError) -> [Signal] {
    let listed = (names ?? "").split(separator: ",", omittingEmptySubsequences: false)
    let signals = listed.compactMap { name in known.first { $0.name == name } }
    guard signals.count == listed.count, Set(signals).count == signals.count else {
      throw .unknownSignals(got: names, expected: known.map(\.name).joined(separator: ","))
    }
    return signals
  }

  /// The timeless ones' names, comma-separated, as ``ModelSchema/Metadata/signals`` holds them.
  public static var joinedNames: String { timeless.map(\.name).joined(separator: ",") }
}
