import Kernels

@testable import Ranking
@testable import Training

/// A seeded world with times, authors, texts, hashtags, mentions, answers and edges, in memory as a loader leaves it.
struct MomentWorldFixture {
  let folder: TemporaryFolder
  let data: TrainingData

  /// `users` people who write `tweets` tweets and engage `engagements` times, mostly with authors of their own circle
  /// and soon after the writing. With types they mostly reply to tweets of the first circle, like those of the others,
  /// and hide some that are not of their own.
  init(
    users: Int = 40, tweets: Int = 300, engagements: Int = 900, hasTypes: Bool = false, seed: UInt64 = 5
  ) throws {
    folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: seed)
    var rows = "tweet_id,author_id,text,created_at,in_reply_to_tweet_id\n"
    var circles: [Int] = []
    for tweet in 0..<tweets {
      let author = generator.below(users)
      let circle = author % 4
      circles.append(circle)
      let words = (0..<6).map { _ in "word\(circle)x\(generator.below(12))" }.joined(separator: " ")
      let answered = tweet > 10 && generator.below(5) == 0 ? "t\(generator.below(tweet))" : ""
      rows +=
        "t\(tweet),u\(author),\(words) #Tag\(circle) @Name\(generator.below(users)),\(1000 + 600 * tweet),\(answered)\n"
    }
    try folder.write("tweets.csv", rows)
    var log = "user_id,tweet_id,engagement_score,timestamp" + (hasTypes ? ",engagement_type\n" : "\n")
    for _ in 0..<engagements {
      let tweet = generator.below(tweets)
      let time = 1000 + 600 * tweet + generator.below(5_000)
      log += "u\(generator.below(users / 4) * 4 + circles[tweet]),t\(tweet),1,\(time)"
      guard hasTypes else {
        log += "\n"
        continue
      }
      log += generator.below(8) < (circles[tweet] == 0 ? 7 : 1) ? ",reply\n" : ",like\n"
      let other = generator.below(tweets)
      if generator.below(3) == 0 {
        let stranger = generator.below(users / 4) * 4 + (circles[other] + 1) % 4
        log += "u\(stranger),t\(other),-1,\(5_000 + 600 * other),hide\n"
      }
    }
    try folder.write("user_engagements.csv", log)
    var edges = "src_user_id,dst_user_id,weight,timestamp\n"
    for _ in 0..<200 {
      edges += "u\(generator.below(users)),u\(generator.below(users)),1,\(1000 + generator.below(600 * tweets))\n"
    }
    try folder.write("user_graph.csv", edges)
    try folder.write("users.csv", "user_id,screen_name\n" + (0..<users).map { "u\($0),name\($0)\n" }.joined())
    var loader = DataLoader(options: Self.options(folder.path), progress: SilentProgress())
    data = try loader.load()
  }

  var options: TrainingOptions { Self.options(folder.path) }

  private static func options(_ folder: String) -> TrainingOptions {
    var options = TrainingOptions(dataFolder: folder, threads: 1)
    options.text.minDocumentFrequency = .count(1)
    return options
  }

  /// Facts, and how many hashtags and terms there are.
  func facts() throws -> (facts: TweetFacts, tags: Int, terms: Int) {
    let text = try RankerText(
      data: data, options: options.text, end: nil, progress: SilentProgress(), parallel: Parallel(threads: 1))
    var builder = FactsBuilder(data: data, vectors: text.vectors)
    let facts = builder.build()
    return (facts, builder.tags.count, text.termCount)
  }

  /// A world as of `time`, without tastes.
  func world(before time: Int64?) throws -> (world: MomentWorld, terms: Int) {
    let (facts, tags, terms) = try facts()
    let history = History(facts: facts, people: data.users.count, tags: tags, terms: terms)
    var replay = Replay(data, order: EventOrder(data), history: history)
    replay.advance(before: time)
    return (
      MomentWorld(facts: facts, history: history, tastes: TasteTables(people: data.users.count, tags: tags)), terms
    )
  }
}
