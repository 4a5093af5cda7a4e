import Artifact
import Testing

@testable import Training

@Suite("The artificial world")
struct SynthesisTests {
  private static let small = SyntheticWorld.Options(users: 300, tweets: 3_000, seed: 7)

  @Test("the same options give the same bytes, another seed gives others")
  func sameOptionsSameBytes() throws {
    let options = SyntheticWorld.Options(users: 60, tweets: 400, seed: 1)
    let (first, second) = (try SynthesisWorld(options), try SynthesisWorld(options))
    let other = try SynthesisWorld(SyntheticWorld.Options(users: 60, tweets: 400, seed: 2))
    for name in SynthesisWorld.fileNames {
      #expect(try first.bytes(name) == second.bytes(name), "\(name)")
      #expect(try first.bytes(name) != other.bytes(name), "\(name)")
    }
  }

  @Test("every row has as many fields as the header, and texts with commas, quotes and line ends are among them")
  func filesAreWellFormed() throws {
    let world = try SynthesisWorld(Self.small)
    for name in SynthesisWorld.fileNames {
      let rows = try world.rawRows(name)
      #expect(rows.count > 1, "\(name)")
      #expect(rows.allSatisfy { $0.count == rows[0].count }, "\(name)")
    }
    let texts = try world.rows("tweets.csv").compactMap { $0["text"] }
    #expect(texts.count == 3_000)
    for special in [",", "\"", "\n", "#", "@user_", "https://", "'"] {
      #expect(texts.contains { $0.contains(special) }, "no text with \(special)")
    }
    #expect(!texts.contains { $0.contains("%") || $0.isEmpty })
    #expect(try world.rows("users.csv").contains { ($0["name"] ?? "").contains(",") })
  }

  @Test("tweets are numbered by their time, users by name, and every reference leads somewhere")
  func idsAreConsistent() throws {
    let world = try SynthesisWorld(Self.small)
    let users = Set(try world.rows("users.csv").compactMap { $0["user_id"] })
    let tweets = try world.rows("tweets.csv")
    let ids = try tweets.map { try #require(UInt64($0["tweet_id"] ?? "")) }
    #expect(users.count == 300)
    #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
    for (row, id) in zip(tweets, ids) {
      let created = try #require(UInt64(row["created_at"] ?? ""))
      #expect(((id >> 22) + 1_288_834_974_657) / 1_000 == created)
      #expect(users.contains(row["author_id"] ?? ""))
    }
    let known = Set(tweets.compactMap { $0["tweet_id"] })
    for row in try world.rows("user_engagements.csv") {
      #expect(users.contains(row["user_id"] ?? "") && known.contains(row["tweet_id"] ?? ""))
    }
    for row in try world.rows("user_graph.csv") {
      #expect(users.contains(row["src_user_id"] ?? "") && users.contains(row["dst_user_id"] ?? ""))
      #expect(row["src_user_id"] != row["dst_user_id"])
    }
  }

  @Test("engagements follow the creation of their tweet, mostly soon, and have the score of their kind")
  func engagementsFollowTheirTweets() throws {
    let world = try SynthesisWorld(Self.small)
    let scores = ["retweet": "0.6", "quote": "0.8", "reply": "1.0", "like": "0.4"]
    var created: [String: Int] = [:]
    for row in try world.rows("tweets.csv") { created[row["tweet_id"] ?? ""] = Int(row["created_at"] ?? "") }
    let rows = try world.rows("user_engagements.csv")
    var freshCount = 0
    for row in rows {
      #expect(row["engagement_score"] == scores[row["engagement_type"] ?? ""])
      let age = try #require(Int(row["timestamp"] ?? "")) - (try #require(created[row["tweet_id"] ?? ""]))
      #expect(age > 0)
      if age < 86_400 { freshCount += 1 }
    }
    #expect(Set(rows.compactMap { $0["engagement_type"] }).count == 4)
    #expect(Double(freshCount) > 0.85 * Double(rows.count))
  }

  @Test("a few tweets and a few users have a large share of all engagements")
  func sharesFollowAPowerLaw() throws {
    let world = try SynthesisWorld(Self.small)
    let rows = try world.rows("user_engagements.csv")
    #expect((3_000...20_000).contains(rows.count), "\(rows.count) engagements of 300 users")
    func topShare(_ column: String, of count: Int) -> Double {
      var counts: [String: Int] = [:]
      for row in rows { counts[row[column] ?? "", default: 0] += 1 }
      return Double(counts.values.sorted(by: >).prefix(count).reduce(0, +)) / Double(rows.count)
    }
    // With equal shares they would have 1 % and 10 %.
    #expect(topShare("tweet_id", of: 30) > 0.1)
    #expect(topShare("user_id", of: 30) > 0.25)
  }

  @Test("users engage with what interests them far more than chance would have it")
  func engagementsFitInterests() throws {
    let world = try SynthesisWorld(Self.small)
    var interests: [String: Set<String>] = [:]
    for row in try world.rows("users.csv") {
      interests[row["user_id"] ?? ""] = Set((row["interests"] ?? "").split(separator: " ").map(String.init))
    }
    var topics: [String: String] = [:]
    for row in try world.rows("tweets.csv") { topics[row["tweet_id"] ?? ""] = row["topic"] }
    let rows = try world.rows("user_engagements.csv")
    func share(_ pairs: some Sequence<(String?, String?)>) -> Double {
      let fits = pairs.filter { user, tweet in interests[user ?? ""]?.contains(topics[tweet ?? ""] ?? "") == true }
      return Double(fits.count) / Double(rows.count)
    }
    let fit = share(rows.map { ($0["user_id"], $0["tweet_id"]) })
    let chance = share(zip(rows, rows.reversed()).map { ($0["user_id"], $1["tweet_id"]) })
    #expect(fit > 0.75 && fit > 2 * chance, "\(fit) against \(chance) by chance")
  }

  @Test("impressions come after the log, have one engagement each and only tweets that existed")
  func impressionsArePredictable() throws {
    let world = try SynthesisWorld(Self.small)
    let logged = try world.rows("user_engagements.csv")
    let lastLogged = logged.compactMap { Int($0["timestamp"] ?? "") }.max() ?? 0
    let pairs = Set(logged.map { "\($0["user_id"] ?? "") \($0["tweet_id"] ?? "")" })
    var created: [Substring: Int] = [:]
    for row in try world.rows("tweets.csv") { created[Substring(row["tweet_id"] ?? "")] = Int(row["created_at"] ?? "") }
    let impressions = try world.rows("impressions.csv")
    #expect(impressions.count > 20)
    #expect(Set(impressions.compactMap { $0["impression_id"] }).count == impressions.count)
    var places = Set<Int>()
    for row in impressions {
      let time = try #require(Int(row["timestamp"] ?? ""))
      let candidates = (row["candidates"] ?? "").split(separator: " ").map { $0.split(separator: "-") }
      #expect(time > lastLogged)
      #expect(candidates.filter { $0[1] == "1" }.count == 1 && candidates.count > 10)
      #expect(Set(candidates.map { $0[0] }).count == candidates.count)
      #expect(candidates.allSatisfy { created[$0[0]] ?? .max < time })
      #expect(candidates.allSatisfy { !pairs.contains("\(row["user_id"] ?? "") \($0[0])") })
      places.insert(candidates.firstIndex { $0[1] == "1" } ?? -1)
    }
    #expect(places.count > 10)
  }

  @Test("a model trains from the folder without one refused row")
  func worldTrains() throws {
    let world = try SynthesisWorld(SyntheticWorld.Options(users: 80, tweets: 500, seed: 3))
    var options = TrainingOptions(dataFolder: world.folder.path, threads: 1)
    options.factors = 4
    options.epochs = 1
    let (model, _) = try Trainer.train(options, progress: SilentProgress())
    #expect(model.tensor("tweets.id")?.shape == [500])
    #expect(model.tensor("users.id")?.shape == [80])
  }

  @Test("the smallest worlds can be written", arguments: [(2, 1), (2, 2), (3, 1), (2, 50), (50, 1)])
  func smallestWorlds(users: Int, tweets: Int) throws {
    var options = SyntheticWorld.Options(users: users, tweets: tweets, seed: 5)
    options.days = 1
    let world = try SynthesisWorld(options)
    #expect(try world.rows("users.csv").count == users)
    #expect(try world.rows("tweets.csv").count == tweets)
  }

  @Test("work grows with the rows written, not with users times tweets")
  func rowsGrowLinearly() throws {
    let world = try SynthesisWorld(SyntheticWorld.Options(users: 100, tweets: 1_000))
    let larger = try SynthesisWorld(SyntheticWorld.Options(users: 400, tweets: 4_000))
    for name in ["user_graph.csv", "user_engagements.csv"] {
      let (few, many) = (try world.rows(name).count, try larger.rows(name).count)
      #expect((2 * few...8 * few).contains(many), "\(name): \(few), then \(many)")
    }
  }

  @Test("options out of range and folders that cannot be written are refused with their value")
  func refusals() throws {
    var options = SyntheticWorld.Options(users: 1, tweets: 5)
    #expect(throws: TrainingError.badOption(name: "users", value: "1", reason: "must be 2…100000000")) {
      try SynthesisWorld(options)
    }
    options.users = 5
    options.heldOutHours = 24 * options.days + 1
    #expect(throws: TrainingError.self) { try SynthesisWorld(options) }
    #expect(throws: TrainingError.self) {
      try SyntheticWorld(options: Self.small).write(to: "/proc/nowhere", progress: SilentProgress())
    }
  }
}
