import Foundation
import RedisSupport
import ServerSupport
import Testing

/// Two servers and one Redis, and what happens to it. Rankings are answered at both all the while.
@Suite("Two servers that share their feedback", .serialized)
struct WireReplicaTests {
  /// How long Redis is away.
  private static let outageMicros: UInt32 = 4_000_000

  @Test("An event recorded at one server changes the other's ranking")
  func crossing() throws {
    let pair = try ReplicaPair(redis: RedisServer(password: "secret"))
    let sample = try SampleModel.shared()
    try pair.wait("connected") { $0.isShared }
    var delays: [Double] = []
    for round in 0..<10 {
      let (here, there) = (pair.servers[round % 2], pair.servers[(round + 1) % 2])
      let tweet = sample.tweets[round]
      let client = try RawClient(port: there.port)
      let rank = CallMessage.rank(1, user: sample.users[0], [tweet])
      let before = try client.ask(rank).ranking.scores
      let start = ContinuousClock.now
      try here.record("like", tweet: sample.tweetKeys[round])
      let recorded = ContinuousClock.now
      while try client.ask(rank).ranking.scores == before {
        guard ContinuousClock.now - start < .seconds(60) else { throw TestFailure("the other ranking never changed") }
        usleep(500)
      }
      delays.append((ContinuousClock.now - recorded) / .milliseconds(1))
    }
    print("milliseconds from the acknowledgement at one server to the other's ranking:", delays.map { Int($0) })
    pair.countsElsewhere(10)
    try pair.expectAgreement()
  }

  @Test("Redis down at boot: both serve, say so, and share when it is there")
  func F46_redisDownAtBoot() throws {
    let redis = try RedisServer(starts: false)
    let pair = try ReplicaPair(redis: redis)
    try pair.record()
    for server in pair.servers {
      try server.awaitUntil("it says so") { server.standardError.contains("feedback is not shared now") }
      #expect(server.standardError.contains(redis.url + "/0: "), "\(server.standardError)")
    }
    let answers = try pair.describe()
    #expect(answers.allSatisfy { !$0.isShared && $0.sharedLag > 0 && $0.sharedError.contains("refused") }, "\(answers)")
    try redis.start()
    try pair.expectAgreement()
  }

  @Test("Redis frozen for seconds")
  func F47_frozenRedis() throws {
    let redis = try RedisServer()
    let pair = try started(redis)
    let before = pair.servers.map(\.residentBytes)
    redis.freeze()
    try pair.record(200)
    usleep(Self.outageMicros)
    let after = pair.servers.map(\.residentBytes)
    print("growth of memory in bytes while Redis was frozen:", zip(before, after).map { $1 - $0 })
    try pair.wait("degraded") { !$0.isShared && $0.sharedLag > 0 }
    redis.thaw()
    try pair.expectAgreement()
  }

  @Test("Redis killed and restarted empty, and with a state of some time ago")
  func F48_forgetfulRedis() throws {
    let redis = try RedisServer()
    let pair = try started(redis)
    redis.kill()
    try pair.record()
    try redis.start()
    try pair.wait("shared again") { $0.isShared && $0.sharedLag == 0 }
    #expect(redis.run("save"))
    try pair.record(100)
    try pair.wait("shipped") { $0.sharedLag == 0 }
    redis.kill()
    try pair.record()
    try redis.start()
    try pair.expectAgreement()
  }

  @Test("A network that swallows everything")
  func F49_blackhole() throws {
    // Where packets cannot be dropped nothing can be shown that the frozen Redis does not show.
    guard Firewall.isPermitted else { return try F47_frozenRedis() }
    let redis = try RedisServer()
    let pair = try started(redis)
    let firewall = try Firewall(droppingTo: redis.port)
    try pair.record(100)
    try pair.wait("degraded") { !$0.isShared && $0.sharedLag > 0 }
    usleep(Self.outageMicros)
    firewall.lift()
    try pair.expectAgreement()
  }

  @Test("A network that loses a fifth of all packets")
  func F50_lossyNetwork() throws {
    guard Firewall.isPermitted else { return try F47_frozenRedis() }
    let redis = try RedisServer()
    let pair = try started(redis)
    let firewall = try Firewall(droppingTo: redis.port, probability: 0.2)
    for _ in 0..<20 {
      try pair.record(10)
      usleep(100_000)
    }
    firewall.lift()
    try pair.expectAgreement()
  }

  @Test("Keys of another type")
  func F51_wrongType() throws {
    let redis = try RedisServer()
    let pair = try started(redis)
    for key in ["pair:log", "pair:log:cursors", "pair:log:generation"] {
      // At once: between two commands a server could make the key anew.
      #expect(redis.run("eval", "redis.call('del', KEYS[1]) return redis.call('sadd', KEYS[1], 'x')", "1", key))
      try pair.record()
      try pair.wait("degraded") { !$0.isShared && $0.sharedError.contains("WRONGTYPE") }
      #expect(redis.run("del", key))
      try pair.wait("shared again") { $0.isShared }
    }
    try pair.expectAgreement()
  }

  @Test("A Redis without memory, and one that evicts")
  func F52_maxmemory() throws {
    let redis = try RedisServer()
    let pair = try started(redis)
    #expect(redis.run("config", "set", "maxmemory", "1"))
    try pair.record()
    try pair.wait("degraded") { !$0.isShared && $0.sharedError.contains("OOM") }
    #expect(redis.run("config", "set", "maxmemory-policy", "allkeys-random"))
    usleep(500_000)
    #expect(redis.run("config", "set", "maxmemory", "0"))
    try pair.expectAgreement()
  }

  @Test("A command that keeps Redis busy for seconds")
  func F53_slowCommand() throws {
    let redis = try RedisServer()
    let pair = try started(redis)
    let thread = Thread { _ = redis.run("debug", "sleep", "5") }
    thread.start()
    // Until it has begun to sleep everything is still shipped.
    try awaitUntil("degraded", seconds: 60 * Executables.patience) {
      try pair.record(10)
      return try pair.describe().allSatisfy { !$0.isShared && $0.sharedLag > 0 }
    }
    try pair.expectAgreement()
  }

  @Test("A URL that is none is refused before anything is done")
  func refusals() throws {
    let sample = try SampleModel.shared()
    for url in ["127.0.0.1:6379", "rediss://h", "redis://h:0", "redis://:p@h/x"] {
      let result = try runCommand(["serve", "--model", sample.modelPath, "--redis", url])
      #expect(result.status == 64 && result.stderr.contains("--redis: not a Redis URL"), "\(result)")
      #expect(!result.stderr.contains(":p@"))
    }
  }

  /// Both have shipped something and know of it.
  private func started(_ redis: RedisServer) throws -> ReplicaPair {
    let pair = try ReplicaPair(redis: redis)
    try pair.record()
    try pair.wait("shared") { $0.isShared && $0.sharedLag == 0 && $0.sharedFollowed > 0 }
    return pair
  }
}
