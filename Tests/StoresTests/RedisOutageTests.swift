import EventLoop
import RedisSupport
import Testing

@testable import Stores

/// A real Redis that is away, hangs, dies and comes back.
@Suite(.serialized) struct RedisOutageTests {
  /// Sends as a busy server would until `condition` holds, and looks at the bounds all the while.
  private func hammer(
    _ driver: Driver, _ what: Comment, timeoutMillis: UInt64 = 10, payload: Int = 2_000, tally: Tally,
    until condition: @escaping () -> Bool
  ) {
    let command = [Array("SET".utf8), Array("k".utf8), [UInt8](repeating: 7, count: payload)]
    let sender = LoopTimer(loop: driver.loop) {
      for _ in 0..<200 {
        do throws(RedisError) {
          try driver.client.send(command, timeoutMillis: timeoutMillis) { result in tally.told(result) }
          tally.sent += 1
        } catch {
          tally.refusals.append(error)
        }
      }
      let status = driver.client.status
      tally.mostInFlight = max(tally.mostInFlight, status.inFlight)
      tally.mostBytes = max(tally.mostBytes, status.outputBytes)
    }
    sender.start(afterMillis: 0, everyMillis: 1)
    driver.run(what, until: condition)
    sender.close()
    driver.run("every command is told") { tally.results == tally.sent }
    #expect(tally.mostInFlight <= 1_024 && tally.mostBytes <= 1 << 20)
  }

  final class Tally {
    var sent = 0
    var results = 0
    var succeeded = 0
    var errors: [RedisError] = []
    var refusals: [RedisError] = []
    var mostInFlight = 0
    var mostBytes = 0

    func told(_ result: Result<RedisReply, RedisError>) {
      results += 1
      switch result {
      case .success: succeeded += 1
      case .failure(let error): errors.append(error)
      }
    }
  }

  @Test("Redis down at the start: every send says so at once; it is found when it comes up")
  func F46_redisDownAtBoot() throws {
    let server = try RedisServer(starts: false)
    let driver = try Driver(server.url)
    #expect(driver.ask("GET", "a") == .failure(.disconnected(reason: "not yet connected")))
    driver.run("three attempts") { driver.client.status.attempts >= 3 }
    #expect(!driver.client.isReady)
    guard case .failure(.disconnected(let reason)) = driver.ask("GET", "a") else { throw Unexpected() }
    #expect(reason.lowercased().contains("refused"), "\(reason)")
    try server.start()
    driver.runUntilReady()
    #expect(driver.ask("SET", "a", "1") == .success(.status("OK")))
  }

  @Test(
    "A frozen Redis: bounded commands and bytes, the breaker opens, and closes when Redis goes on",
    arguments: [20_000, 0])
  func F47_frozenRedis(payload: Int) throws {
    let server = try RedisServer()
    let driver = try Driver(server.url)
    driver.runUntilReady()
    let tally = Tally()
    hammer(driver, "some replies", timeoutMillis: 30_000, payload: payload, tally: tally) { tally.succeeded > 1_000 }
    server.freeze()
    let before = driver.client.status.breakerOpenings
    hammer(driver, "the breaker", payload: payload, tally: tally) { driver.client.status.breakerOpenings > before }
    hammer(driver, "a lost connection", payload: payload, tally: tally) { driver.client.status.counters.losses >= 1 }
    #expect(!driver.client.isReady && tally.refusals.contains(.breakerOpen))
    #expect(
      tally.errors.allSatisfy { $0 == .timeout || "\($0)".contains("no reply") }, "\(Set(tally.errors.map { "\($0)" }))"
    )
    server.thaw()
    driver.runUntilReady()
    #expect(!driver.client.status.isBreakerOpen)
    #expect(driver.ask("PING") == .success(.status("PONG")))
  }

  @Test("Killed in the middle of pipelines, and restarted empty on the same port: everything is told, and it goes on")
  func F48_killedMidPipeline() throws {
    let server = try RedisServer()
    let driver = try Driver(server.url, .patient)
    for round in 0..<5 {
      driver.runUntilReady()
      let losses = driver.client.status.counters.losses
      let tally = Tally()
      hammer(driver, "some replies", timeoutMillis: 60_000, tally: tally) {
        if tally.succeeded > 500 * (round + 1) { server.kill() }
        return driver.client.status.counters.losses > losses
      }
      #expect(
        tally.errors.allSatisfy { if case .disconnected = $0 { true } else { false } },
        "\(Set(tally.errors.map { "\($0)" }))")
      #expect(!driver.client.isReady)
      try server.start()
      driver.runUntilReady()
      #expect(driver.ask("DBSIZE") == .success(.integer(0)))
    }
  }

  @Test("A network that swallows everything: as a frozen Redis, before the greeting and after")
  func F49_blackhole() throws {
    let server = try RedisServer()
    guard Firewall.isPermitted else { return try listenerThatNeverAnswers() }
    var settings = RedisSettings()
    settings.connectMillis = 300
    let driver = try Driver(server.url, settings)
    driver.runUntilReady()
    let firewall = try Firewall(droppingTo: server.port)
    let tally = Tally()
    hammer(driver, "a lost connection", tally: tally) { driver.client.status.counters.losses >= 1 }
    #expect(driver.client.status.isBreakerOpen)
    let attempts = driver.client.status.attempts
    driver.run("more attempts, none of which gets through") { driver.client.status.attempts >= attempts + 2 }
    #expect(driver.client.status.counters.connections == 1)
    #expect(driver.client.status.lastError == .disconnected(reason: "no greeting within 300 ms"))
    firewall.lift()
    driver.runUntilReady()
    #expect(driver.ask("PING") == .success(.status("PONG")))
  }

  /// What is left of the blackhole where packets cannot be dropped.
  private func listenerThatNeverAnswers() throws {
    let fake = try FakeRedis(greets: false) { _ in .nothing }
    defer { fake.stop() }
    var settings = RedisSettings()
    settings.connectMillis = 50
    let driver = try Driver(fake.url, settings)
    driver.run("some attempts") { driver.client.status.attempts >= 3 }
    #expect(driver.client.status.lastError == .disconnected(reason: "no greeting within 50 ms"))
  }

  @Test("A Redis that accepts and never greets is given up, again and again, and says why")
  func F49_neverGreets() throws { try listenerThatNeverAnswers() }

  @Test("A command that keeps Redis busy for seconds is as a frozen Redis, and passes")
  func F53_slowCommand() throws {
    let server = try RedisServer()
    let driver = try Driver(server.url)
    driver.runUntilReady()
    let other = try Driver(server.url, .patient)
    other.runUntilReady()
    try other.client.send(words("DEBUG SLEEP 3"), timeoutMillis: 60_000) { _ in }
    other.run("it is sent") { other.client.status.outputBytes == 0 }
    let tally = Tally()
    hammer(driver, "a lost connection", tally: tally) { driver.client.status.counters.losses >= 1 }
    #expect(driver.client.status.breakerOpenings >= 1 && !driver.client.isReady)
    driver.runUntilReady()
    #expect(driver.ask("PING") == .success(.status("PONG")))
  }

  @Test("A late reply is not taken for the next command's")
  func lateReplies() throws {
    let server = try RedisServer()
    let driver = try Driver(server.url, .patient)
    driver.runUntilReady()
    server.freeze()
    #expect(driver.ask("ECHO", "first", timeoutMillis: 5) == .failure(.timeout))
    #expect(driver.ask("ECHO", "second", timeoutMillis: 5) == .failure(.timeout))
    var third: Result<RedisReply, RedisError>?
    try driver.client.send(words("ECHO third"), timeoutMillis: 60_000) { third = $0 }
    server.thaw()
    driver.run("the third reply") { third != nil }
    #expect(third == .success(.bytes(Array("third".utf8))))
    #expect(driver.client.status.inFlight == 0 && driver.client.status.counters.losses == 0)
  }

  @Test("A host's name is looked up; one that has no address is no connection, with the reason")
  func hostNames() throws {
    let server = try RedisServer()
    // Not the spelling that needs no look-up.
    let driver = try Driver("redis://LOCALHOST:\(server.port)", .patient)
    driver.runUntilReady()
    #expect(driver.ask("PING") == .success(.status("PONG")))
    let lost = try Driver("redis://a..b:\(server.port)", .patient)
    lost.run("two attempts") { lost.client.status.attempts >= 2 }
    #expect("\(lost.client.status.lastError as Any)".contains("a..b"), "\(lost.client.status.lastError as Any)")
  }

  @Test("A replica is refused with a sentence, and taken when it is promoted")
  func replicaIsRefused() throws {
    let master = try RedisServer()
    let replica = try RedisServer(options: ["--replicaof", "127.0.0.1 \(master.port)"])
    let driver = try Driver(replica.url, .patient)
    driver.run("a refusal") { if case .refused = driver.client.status.lastError { true } else { false } }
    #expect("\(driver.client.status.lastError as Any)".contains("read-only replica"))
    let batch = try RedisBatch(url: try RedisURL(master.url), settings: .patient)
    #expect(try batch.ask(words("PING")) == .status("PONG"))
    #expect(replica.run("replicaof", "no", "one"))
    driver.runUntilReady()
  }

  struct Unexpected: Error {}

  @Test("A node of a cluster and a Sentinel are refused with a sentence")
  func clusterAndSentinelAreRefused() throws {
    let cluster = try RedisServer(options: [
      "--cluster-enabled", "yes", "--cluster-port", "\(try RedisServer.freePort())",
    ])
    let driver = try Driver(cluster.url, .patient)
    driver.run("a refusal") { driver.client.status.lastError != nil }
    #expect("\(driver.client.status.lastError as Any)".contains("node of a cluster"))
    let sentinel = try RedisServer(options: ["--sentinel"], configuration: "sentinel monitor apus 127.0.0.1 1 1\n")
    let other = try Driver(sentinel.url, .patient)
    other.run("a refusal") { other.client.status.lastError != nil }
    #expect("\(other.client.status.lastError as Any)".contains("Sentinel"), "\(other.client.status.lastError as Any)")
  }
}
