/// The names of everything in a model file: public API, described tensor by tensor in docs/model-file.md.
///
/// The trainer writes under these names and ``Model`` reads under them; no other file spells one.
/// Letters in the comments: U users, T tweets, V terms, K factors, S signals, G golden requests of C candidates.
public enum ModelSchema {
  /// Raised when a reader of the old version could misread the new file. Readers refuse other versions.
  public static let formatVersion = "1"

  /// Keys of the file's `__metadata__`; all values are strings.
  public enum Metadata {
    /// ``ModelSchema/formatVersion``.
    public static let formatVersion = "format_version"
    /// `classic` or `ranker`: which trainer recipe made the model.
    public static let recipe = "recipe"
    /// Unix seconds of the newest row in the training data. (Not the wall clock: same data, same bytes.)
    public static let asOf = "as_of"
    /// XXH3-64, in hex, over the bytes of the input files.
    public static let dataFingerprint = "data_fingerprint"
    /// Seed of every random choice in training.
    public static let seed = "seed"
    /// Threads of the training run; results may differ between thread counts, never between runs.
    public static let threads = "threads"
    /// Names of the signals, comma-separated, in the order of the `blend.*` tensors.
    public static let signals = "signals"
    /// How texts become vectors: a `TfidfOptions.description`; the defaults where it is missing.
    public static let tfidf = "tfidf"
    /// Program and version that wrote the file.
    public static let producer = "producer"
  }

  /// Tensor names.
  public enum Tensor {
    /// U64 [U], strictly ascending: every account seen (engaging, writing, followed).
    public static let userID = "users.id"
    /// Strings [U] (`.offsets` U64 [U+1], `.bytes` U8): the key as logged; empty where it is the id in decimal.
    public static let userName = "users.name"
    /// F32 [U]: SVD bias; 0 for users without engagements.
    public static let userBias = "users.bias"
    /// F32 [U, K]: SVD factors; a zero row for users without engagements.
    public static let userFactors = "users.factors"
    /// U32 [U]: rows of the engagement log.
    public static let userEngagements = "users.engagements"
    /// Optional lists [U] (`.offsets` U64 [U+1], `.rows` U32): the tweets of the user's rows in the engagement log,
    /// rejections included, each once, in order of the last row about it, oldest first.
    public static let userEngaged = "users.engaged"
    /// Sparse rows [U, V] (`.offsets` U64 [U+1], `.terms` U32, `.weights` F32): L2-normalised TF-IDF profile.
    public static let userProfile = "users.profile"
    /// Optional sparse rows [U, U]: similarity, in (0, 1], of the users nearest to each.
    public static let userNeighbours = "users.neighbours"
    /// Optional sparse rows [U, T]: mean of the scores that the user gave the tweet, of the tweets engaged with last.
    public static let userRatings = "users.ratings"
    /// F64 [U]: PageRank over the user graph; sums to 1.
    public static let userPageRank = "users.pagerank"

    /// U64 [T], strictly ascending.
    public static let tweetID = "tweets.id"
    /// Strings [T], as ``userName``.
    public static let tweetName = "tweets.name"
    /// Strings [T], UTF-8; empty where unknown.
    public static let tweetText = "tweets.text"
    /// U32 [T]: row in `users.*`; 0xFFFFFFFF where unknown.
    public static let tweetAuthor = "tweets.author"
    /// I64 [T]: Unix seconds; 0 where unknown.
    public static let tweetCreatedAt = "tweets.created_at"
    /// F32 [T]: SVD bias; 0 for tweets without engagements.
    public static let tweetBias = "tweets.bias"
    /// F32 [T, K]: SVD factors; a zero row for tweets without engagements.
    public static let tweetFactors = "tweets.factors"
    /// U32 [T]: rows of the engagement log.
    public static let tweetEngagements = "tweets.engagements"
    /// F64 [T]: sum of engagement scores.
    public static let tweetPopularity = "tweets.popularity"
    /// Sparse rows [T, V] (`.offsets`, `.terms`, `.weights`): L2-normalised TF-IDF vector.
    public static let tweetVector = "tweets.vector"
    /// Optional sparse rows [T, T]: similarity, in (0, 1], of the tweets nearest to each.
    public static let tweetNeighbours = "tweets.neighbours"
    /// F64 [T]: PageRank of the tweet's node in the engagement graph (which also holds the users).
    public static let tweetPageRank = "tweets.pagerank"

    /// Strings [V] in UTF-8 byte order: the terms.
    public static let term = "vocabulary.term"
    /// F64 [V]: inverse document frequency.
    public static let inverseDocumentFrequency = "vocabulary.idf"

    /// F64 [1]: mean of the engagement scores.
    public static let mean = "svd.mean"

    /// F32 [S]: weight of the standardised signal.
    public static let blendWeight = "blend.weight"
    /// F32 [S]: subtracted from the raw signal.
    public static let blendMean = "blend.mean"
    /// F32 [S], positive: divides what is left.
    public static let blendScale = "blend.scale"

    /// F32 [S], positive: the standardised signal is held within ± this.
    public static let blendBound = "blend.bound"

    /// U64 [G]: users of the golden requests.
    public static let goldenUser = "golden.user"
    /// U64 [G, C]: their candidates.
    public static let goldenTweet = "golden.tweet"
    /// F32 [G, C]: the scores a loader must reproduce to 1e-4.
    public static let goldenScore = "golden.score"
  }

  /// `tweets.author` of a tweet whose author is unknown; also "no row" in every look-up.
  public static let noRow = UInt32.max
}
