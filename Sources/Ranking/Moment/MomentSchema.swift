/// The names of what a model file holds for the signals of a moment; all of it or nothing. Public API, described in
/// docs/model-file.md, as ``ModelSchema`` is. Letters as there, and G hashtags, K factors, E edges of stairs.
package enum MomentSchema {
  /// Metadata: names of the blended signals, comma-separated, in the order of the `moment.*` tensors.
  package static let signals = "moment_signals"

  /// U32 [T]: row of the tweet that is answered or quoted; 0xFFFFFFFF where there is none.
  package static let tweetParent = "tweets.parent"
  /// Lists (`.offsets` U64 [T+1], `.rows` U32): rows of hashtags, and of the accounts mentioned.
  package static let tweetHashtags = "tweets.hashtags"
  package static let tweetMentions = "tweets.mentions"
  /// Strings [G]: hashtags, lowercased, without the sign, ascending by bytes.
  package static let hashtagName = "hashtags.name"
  /// Strings [U]: screen names, lowercased; empty where unknown.
  package static let screenName = "users.screen_name"

  /// I8 [T, D]: embeddings in 255 steps; absent where there are none.
  package static let tweetEmbedding = "tweets.embedding"

  /// F32 [T, 3]: engagements; those halving every half hour; every six hours. I64 [T]: time of the newest.
  package static let tweetHistory = "tweets.history"
  package static let tweetLast = "tweets.history_last"
  /// Lists (`.offsets` [T+1], `.rows`): the newest engagers, oldest first.
  package static let tweetEngagers = "tweets.engagers"
  /// F32 [U, 5]: tweets written; engagements received; those halving every day; every month; engagements made. I64
  /// [U, 2]: times of the newest received and made.
  package static let userHistory = "users.history"
  package static let userLast = "users.history_last"
  /// Lists (`.offsets` [U+1], `.rows`, `.times` I64): tweets engaged with last, and written last.
  package static let userRecent = "users.recent"
  package static let userOwn = "users.own"
  /// Lists (`.offsets` [U+1], `.rows` of other accounts, `.values` F32 [n, 8], `.times` I64 [n, 2]).
  package static let userPairs = "users.pairs"
  /// Lists (`.offsets` [U+1], `.rows` of hashtags, `.values` F32 [n, 2], `.times` I64 [n]).
  package static let userHashtags = "users.hashtags"
  /// F32 [G, 3]: tweets written; engagements; those halving every day. I64 [G]: time of the newest.
  package static let hashtagHistory = "hashtags.history"
  package static let hashtagLast = "hashtags.history_last"
  /// F32 [V, 2], F32 [2] and I64 [1]: topics, their mass and their time.
  package static let topics = "moment.topics"
  package static let topicMass = "moment.topic_mass"
  package static let topicTime = "moment.topic_time"

  /// Sparse rows [U, U].
  package static let readers = "users.readers"
  package static let companions = "users.companions"
  /// Lists (`.offsets` [U+1], `.rows` of authors, `.values` F32 [n, 4]: readers, companions, overlap, walk).
  package static let fits = "users.author_fits"
  /// F32 [U, K], [U, K], [U, K], [U, K], [G, K].
  package static let readerFactors = "users.reader_factors"
  package static let authorFactors = "users.author_factors"
  package static let engagerFactors = "users.engager_factors"
  package static let tagReaderFactors = "users.hashtag_factors"
  package static let tagFactors = "hashtags.factors"
  /// F32 [K, K].
  package static let readerFold = "moment.reader_fold"
  package static let engagerFold = "moment.engager_fold"
  /// F32 [1].
  package static let alpha = "moment.alpha"
  /// F32 [U].
  package static let authorRank = "users.author_rank"

  /// F32 [S] mean and scale of each signal, U64 [S+1] offsets and F32 [E] edges of the stairs.
  package static let mean = "moment.mean"
  package static let scale = "moment.scale"
  package static let stepOffsets = "moment.step_offsets"
  package static let edge = "moment.edge"
  /// F32 [S], F32 [E] and F32 [1] for fresh and for evergreen tweets.
  package static let slope = "slope"
  package static let step = "step"
  package static let offset = "offset"
  package static let fresh = "moment.fresh"
  package static let evergreen = "moment.evergreen"
  /// F32 [1], seconds.
  package static let evergreenAge = "moment.evergreen_age"

  /// Strings [K], U8 [K] (1: a rejection), F32 [K] and F32 [K, S]: types of engagement; absent where there are none.
  package static let typeName = "types.name"
  package static let typeRejection = "types.rejection"
  package static let typeOffset = "types.offset"
  package static let typeSlope = "types.slope"
}
