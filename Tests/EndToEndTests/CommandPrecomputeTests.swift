import EventLoop
import Foundation
import Ranking
import RedisSupport
import ServerSupport
import Stores
import Testing

/// What `apus precompute --json` prints.
struct PrecomputeOutput: Decodable {
  let users: Int
  let unknownUsers: Int
  let modelVersion: String
  let method: String
  let isExact: Bool
  let bytes: Int
  let written: Int
  let usersPerSecond: Double
}

/// `apus precompute`, a real Redis, and servers that answer from it.
@Suite("apus precompute", .serialized)
struct CommandPrecomputeTests {
  private let sample: SampleModel
  private let redis: RedisServer

  init() throws {
    ProcessSignals.ignoreBrokenPipe()
    sample = try SampleModel.shared()
    redis = try RedisServer()
  }

  private func precompute(_ arguments: [String] = [], model: String? = nil) throws -> PrecomputeOutput {
    let result = try runCommand(
      ["precompute", "--model", model ?? sample.modelPath, "--redis", redis.url, "--now", "model", "--json"] + arguments
    )
    guard result.status == 0 else { throw TestFailure("\(result)") }
    return try JSONDecoder().decode(PrecomputeOutput.self, from: Data(result.stdout.utf8))
  }

  private func server(model: String? = nil) throws -> ServerProcess {
    try ServerProcess(["--epsilon", "0", "--bandit", "off", "--redis", redis.url], model: model)
  }

  /// The answer, once the server has found its Redis.
  private func recommend(
    _ user: String, _ server: ServerProcess, limit: Int = 20, until reason: String = "none"
  ) throws -> RecommendOutput {
    for _ in 0..<600 {
      let output: RecommendOutput = try server.answer(["recommend", "--user", user, "--limit", "\(limit)"])
      #expect(output.items.count == limit)
      if output.computeReason == reason { return output }
      usleep(50_000)
    }
    throw TestFailure("no answer with \(reason): \(server.standardError)")
  }

  private func ask(_ command: String) throws -> RedisReply {
    let batch = try RedisBatch(url: try RedisURL(redis.url))
    defer { batch.close() }
    return try batch.ask(command.split(separator: " ").map { Array($0.utf8) })
  }

  /// Lists by key.
  private func stored() throws -> [String: StoredRecommendations] {
    let keys = try #require(try ask("KEYS *").asArray).compactMap(\.asText)
    return try Dictionary(
      uniqueKeysWithValues: keys.map { key in
        let bytes = try #require(try ask("GET \(key)").asBytes)
        return (key, try #require(bytes.withUnsafeBytes { StoredRecommendations($0) }))
      })
  }

  @Test("the server answers from the lists, without what the user has engaged with since")
  func answering() throws {
    let made = try precompute(["--limit", "100"])
    #expect(made.users == sample.userKeys.count && made.written == made.users && made.unknownUsers == 0)
    #expect(made.method == "candidates" && !made.isExact && made.bytes == made.users * (40 + 12 * 100))
    let server = try server()
    let own = try ServerProcess(["--epsilon", "0", "--bandit", "off"])
    for user in sample.userKeys.prefix(5) {
      let answer = try recommend(user, server)
      #expect(answer.source == "precomputed" && answer.candidates == 100)
      #expect(abs(answer.madeAt - Int64(Date().timeIntervalSince1970)) < 600)
      // The server alone finds the same: the world is smaller than what it looks for.
      let alone: RecommendOutput = try own.answer(["recommend", "--user", user, "--limit", "20"])
      #expect(alone.computeReason == "no_store" && alone.items.map(\.tweet) == answer.items.map(\.tweet))
      #expect(alone.items.map(\.score) == answer.items.map(\.score))
    }
    for user in sample.userKeys.prefix(5) {
      let answer = try recommend(user, server)
      let liked = answer.items[1].tweet
      let recorded: RecordOutput = try server.answer(
        ["record", "--user", user, "--tweet", liked, "--event", "like", "--request", answer.requestID])
      #expect(recorded.recorded == 1)
      let after = try recommend(user, server)
      #expect(after.source == "precomputed" && !after.items.map(\.tweet).contains(liked))
    }
  }

  /// Asks for twenty users; each is answered, and from no list.
  private func expectComputed(_ server: ServerProcess) throws {
    for user in sample.userKeys.prefix(20) {
      let answer: RecommendOutput = try server.answer(["recommend", "--user", user])
      #expect(answer.items.count == 10 && answer.source == "computed" && answer.madeAt == 0)
      #expect(["store_down", "timeout"].contains(answer.computeReason), "\(answer.computeReason)")
    }
  }

  @Test("a server starts without its Redis, and finds it when it comes up")
  func F46_recommendWithoutRedisAtStart() throws {
    redis.kill()
    let server = try server()
    try expectComputed(server)
    try redis.start()
    _ = try precompute(["--limit", "50"])
    #expect(try recommend(sample.userKeys[0], server).source == "precomputed")
  }

  @Test("a Redis that stands still takes no answer with it")
  func F47_recommendWhileRedisIsFrozen() throws {
    _ = try precompute(["--limit", "50"])
    let server = try server()
    _ = try recommend(sample.userKeys[0], server)
    redis.freeze()
    try expectComputed(server)
    _ = try recommend(sample.userKeys[0], server, until: "store_down")
    redis.thaw()
    #expect(try recommend(sample.userKeys[0], server).source == "precomputed")
  }

  @Test("a Redis that ends takes no answer with it, and is used again when it is back")
  func F48_recommendWhileRedisIsAway() throws {
    _ = try precompute(["--limit", "50"])
    let server = try server()
    _ = try recommend(sample.userKeys[0], server)
    redis.kill()
    try expectComputed(server)
    let down = try recommend(sample.userKeys[0], server, until: "store_down")
    #expect(down.source == "computed" && down.madeAt == 0)
    try redis.start()
    _ = try recommend(sample.userKeys[0], server, until: "miss")
    _ = try precompute(["--limit", "50"])
    #expect(try recommend(sample.userKeys[0], server).source == "precomputed")
  }

  @Test("lists end after their time, and are those of one model and of the users asked for")
  func keys() throws {
    let folder = try TemporaryFolder()
    try write(Array("\(sample.userKeys[0])\nnobody we know\n\(sample.userKeys[0])\n".utf8), to: folder.file("users"))
    let made = try precompute(["--ttl", "300", "--users", folder.file("users"), "--redis-prefix", "mine"])
    #expect(made.users == 1 && made.unknownUsers == 1 && made.written == 1)
    let lists = try stored()
    let hash = StoredRecommendations.modelHash(version: made.modelVersion)
    let key = "mine:" + StoredRecommendations.key(modelHash: hash, userID: sample.users[0])
    #expect(Array(lists.keys) == [key] && lists[key]?.modelHash == hash && lists[key]?.tweetIDs.count == 200)
    #expect((1...300).contains(try #require(try ask("TTL \(key)").asInteger)))
    _ = try ask("FLUSHALL")

    // Another model of the same world.
    let other = folder.file("other")
    let trained = try runCommand(
      [
        "train", "--data", sample.worldFolder, "--out", other, "--recipe", "classic", "--factors", "8", "--threads",
        "1",
      ])
    try #require(trained.status == 0, "\(trained.stderr)")
    _ = try precompute()
    let server = try server(model: other)
    #expect(try recommend(sample.userKeys[0], server, until: "miss").source == "computed")
    #expect(try precompute(model: other).method == "factors")
    #expect(try recommend(sample.userKeys[0], server).source == "precomputed")
    #expect(try recommend(sample.userKeys[1], try self.server()).source == "precomputed", "both live side by side")
  }

  @Test("lists of the classic recipe are those of scoring every tweet, whatever the threads")
  func exactness() throws {
    let folder = try TemporaryFolder()
    let model = folder.file("model")
    let trained = try runCommand(
      [
        "train", "--data", sample.worldFolder, "--out", model, "--recipe", "classic", "--factors", "12", "--threads",
        "1",
      ])
    try #require(trained.status == 0, "\(trained.stderr)")
    #expect(try precompute(["--threads", "1", "--limit", "30"], model: model).isExact)
    let found = try stored()
    let everything = try precompute(["--threads", "2", "--limit", "30", "--exhaustive"], model: model)
    #expect(everything.method == "everything" && everything.isExact)
    let exact = try stored()
    #expect(found.count == sample.userKeys.count && found.mapValues(\.tweetIDs) == exact.mapValues(\.tweetIDs))
    #expect(found.mapValues(\.scores) == exact.mapValues(\.scores))
  }

  @Test("what cannot be done is one line and an exit code; passwords are never shown")
  func refusals() throws {
    func run(_ arguments: [String]) throws -> CommandResult { try runCommand(["precompute"] + arguments) }
    let model = ["--model", sample.modelPath]
    #expect(try run(model).status == 64)
    for limit in ["0", "5001"] { #expect(try run(model + ["--redis", redis.url, "--limit", limit]).status == 64) }
    #expect(try run(model + ["--redis", redis.url, "--ttl", "0"]).status == 64)
    let bad = try run(model + ["--redis", "http://:hunter2@localhost"])
    #expect(bad.status == 64 && !bad.stderr.contains("hunter2") && bad.stderr.contains("redis"))
    expectRefusal(
      try run(["--model", "/nowhere", "--redis", redis.url]), status: 66, "/nowhere")
    expectRefusal(try run(model + ["--redis", redis.url, "--users", "/nowhere"]), status: 66, "/nowhere")
    redis.kill()
    expectRefusal(try run(model + ["--redis", redis.url]), status: 69, "Redis")
    let dry = try run(model + ["--dry-run"])
    #expect(dry.status == 0 && dry.stdout.contains("written nowhere"), "\(dry)")
  }
}
