import Kernels

/// The tweets of a ``SyntheticWorld`` in the order of their creation, and the ways to come across one.
struct SyntheticTweets {
  private static let snowflakeEpochMillis: Int64 = 1_288_834_974_657

  private let options: SyntheticWorld.Options
  private let people: SyntheticPeople
  private let streams: SyntheticStreams
  private let phrases = SyntheticPhrases(topics: SyntheticTopicTable.topics)
  /// [tweets]
  private(set) var authors: [UInt32] = []
  /// For each topic its tweets, by popularity.
  private(set) var byTopic: [WeightedChoice]
  /// For each user the tweets written.
  private(set) var byAuthor = GroupedIndices([], groupCount: 0)

  var count: Int { options.tweets }

  init(options: SyntheticWorld.Options, people: SyntheticPeople, streams: SyntheticStreams) {
    self.options = options
    self.people = people
    self.streams = streams
    byTopic = [WeightedChoice](repeating: WeightedChoice(), count: SyntheticTopicTable.topics.count)
  }

  /// Makes all tweets and writes `tweets.csv`.
  mutating func write(to folder: String, progress: TrainingProgress) throws(TrainingError) {
    let file = try CSVWriter(
      path: folder + "/tweets.csv", header: ["tweet_id", "author_id", "created_at", "topic", "hashtags", "text"])
    authors.reserveCapacity(count)
    var text: [UInt8] = []
    var hashtags: [UInt8] = []
    for tweet in 0..<count {
      if tweet % 10_000 == 0 { progress.update(stage: "tweets", completed: tweet, total: count) }
      var random = streams.generator(.tweet, tweet)
      let author = people.authors.draw(&random)
      let person = people.person(Int(author))
      let topic = person.drawInterest(&random)
      // The famous have more readers, but what really decides is luck.
      let popularity = person.fame.squareRoot() * random.pareto(shape: 1.1, limit: 100_000)
      authors.append(author)
      byTopic[topic].append(UInt32(tweet), weight: popularity)

      text.removeAll(keepingCapacity: true)
      hashtags.removeAll(keepingCapacity: true)
      let mention = SyntheticPeople.key(Int(people.drawMember(of: topic, &random)))
      phrases.compose(topic: topic, mention: mention, random: &random, text: &text, hashtags: &hashtags)
      file.field(id(of: tweet))
      file.field(SyntheticPeople.key(Int(author)))
      file.field(createdSeconds(tweet))
      file.field(SyntheticTopicTable.topics[topic].name)
      file.field(hashtags)
      file.field(text)
      try file.endRow()
    }
    try file.finish()
    byAuthor = GroupedIndices(authors, groupCount: people.count)
    progress.finish(stage: "tweets", detail: "\(count) tweets")
  }

  /// Milliseconds from the beginning of the world to the tweet: even steps, each tweet somewhere in its own.
  private func createdMillis(_ tweet: Int) -> Int64 {
    var random = streams.generator(.arrival, tweet)
    return Int64((Double(tweet) + random.uniform()) / Double(count) * Double(options.spanMillis))
  }

  /// Unix seconds; never less for a later tweet.
  func createdSeconds(_ tweet: Int) -> Int64 {
    options.startSeconds + createdMillis(tweet) / 1_000
  }

  /// Like Twitter's ids: milliseconds since an epoch, then 22 bits, here the tweet's own number. Ascending.
  func id(of tweet: Int) -> UInt64 {
    let millis = options.startSeconds * 1_000 + createdMillis(tweet) - Self.snowflakeEpochMillis
    return UInt64(millis) << 22 | UInt64(tweet & 0x3F_FFFF)
  }

  /// A tweet of a topic, the popular ones most likely; nil if nobody wrote about it.
  func draw(topic: Int, _ random: inout SeededGenerator) -> UInt32? {
    byTopic[topic].isEmpty ? nil : byTopic[topic].draw(&random)
  }

  /// Any tweet written in the day before a time, all equally likely; nil if there is none.
  func drawRecent(before seconds: Int64, _ random: inout SeededGenerator) -> UInt32? {
    let perSecond = Double(count) / Double(options.days * 86_400)
    let end = min(count, Int(Double(seconds - options.startSeconds) * perSecond))
    let start = max(0, end - max(1, Int(86_400 * perSecond)))
    guard start < end else { return nil }
    let tweet = start + random.below(end - start)
    return createdSeconds(tweet) < seconds ? UInt32(tweet) : nil
  }
}
