import Kernels

/// An artificial world of people and tweets, for a first run without data and for tests of scale.
///
/// People have interests, follow people who share them, and engage with tweets they care about; a few people write and
/// like much, a few tweets get most of the attention, and they get it while they are fresh. The same options give the
/// same bytes.
///
/// Nothing is ever done for every pair of a user and a tweet: time grows with the rows written, memory with the users
/// (about 40 bytes each) and the tweets (about 30 bytes each).
public struct SyntheticWorld: Sendable {
  /// How large the world is and which of all such worlds it is.
  public struct Options: Sendable {
    /// People, 2…100,000,000.
    public var users = 500
    /// Tweets, 1…1,000,000,000.
    public var tweets = 5_000
    /// Mean engagements of a user; most have fewer, some very many.
    public var engagementsPerUser = 40
    /// Days over which the tweets are spread, 1…3650.
    public var days = 30
    /// Unix time at which the world begins, in seconds.
    public var startSeconds: Int64 = 1_735_689_600
    /// Engagements of the last so many hours are not in the log but in the impressions, as what is to be predicted.
    public var heldOutHours = 24
    /// Chooses the world.
    public var seed: UInt64 = 42

    /// The default world: 500 people, 5,000 tweets, 30 days.
    public init() {}

    /// A default world of another size.
    public init(users: Int, tweets: Int, seed: UInt64 = 42) {
      self.users = users
      self.tweets = tweets
      self.seed = seed
    }
  }

  let options: Options

  /// A world that is yet to be written.
  public init(options: Options) {
    self.options = options
  }

  /// Writes `users.csv`, `user_graph.csv`, `tweets.csv`, `user_engagements.csv` and `impressions.csv` into `folder`,
  /// which is created if need be; files of these names are replaced.
  ///
  /// Beyond the columns that training reads, `users.csv` has `name` and `interests`, `tweets.csv` has `hashtags` and
  /// `topic`: the truth that a recommender should find.
  /// - Complexity: O(users · log users + tweets + engagements · log tweets).
  /// - Throws: an option outside its range, and what the system says when it refuses to write.
  public func write(to folder: String, progress: TrainingProgress) throws(TrainingError) {
    try options.validate()
    try OutputFolder.create(folder)
    let streams = SyntheticStreams(seed: options.seed)
    let people = SyntheticPeople(options: options, streams: streams)
    try SyntheticPeopleWriter(people: people, options: options).write(to: folder, progress: progress)
    var tweets = SyntheticTweets(options: options, people: people, streams: streams)
    try tweets.write(to: folder, progress: progress)
    try SyntheticEngagements(options: options, people: people, tweets: tweets, streams: streams)
      .write(to: folder, progress: progress)
  }
}

extension SyntheticWorld.Options {
  /// Milliseconds from the first tweet to the end of the world.
  var spanMillis: Int64 { Int64(days) * 86_400_000 }

  /// The last second of the world.
  var endSeconds: Int64 { startSeconds + Int64(days) * 86_400 }

  /// The first second whose engagements are held out.
  var heldOutFromSeconds: Int64 { endSeconds - Int64(heldOutHours) * 3_600 }

  /// Refuses options outside the ranges above.
  func validate() throws(TrainingError) {
    try TrainingError.check("users", users, 2...100_000_000)
    try TrainingError.check("tweets", tweets, 1...1_000_000_000)
    try TrainingError.check("engagementsPerUser", engagementsPerUser, 0...10_000)
    try TrainingError.check("days", days, 1...3_650)
    try TrainingError.check("heldOutHours", heldOutHours, 0...(24 * days))
    // From the first snowflake on, so that tweet ids are such.
    try TrainingError.check("startSeconds", Int(startSeconds), 1_288_834_975...4_000_000_000)
  }
}

/// Independent random sequences, one for each member of each kind, so that anything about a member can be worked out
/// again instead of being stored.
struct SyntheticStreams {
  enum Kind: UInt64 {
    case person = 1
    case follows, tweet, arrival, activity, impression
  }

  let seed: UInt64

  func generator(_ kind: Kind, _ index: Int) -> SeededGenerator {
    // Odd constants spread the kinds and members over the seeds; the generator mixes its seed thoroughly.
    SeededGenerator(
      seed: seed &+ kind.rawValue &* 0x2545_F491_4F6C_DD1D ^ UInt64(index) &* 0xD134_2543_DE82_EF95)
  }
}
