import EventLoop
import RedisSupport
import Serving
import Testing

@testable import Stores

/// What the worker of a server does with the store.
private final class Asker {
  let loop: Loop
  let store: RedisRecommendationStore
  private(set) var answers: [String] = []

  init(_ url: String, prefix: String = "p:") throws {
    ProcessSignals.ignoreBrokenPipe()
    loop = try Loop()
    store = RedisRecommendationStore(loop: loop, url: try RedisURL(url), prefix: prefix, seed: 3)
  }

  deinit {
    store.close()
    loop.close()
  }

  func fetch(_ key: String, withinMillis millis: Int = 30_000) {
    store.fetch(key: key, deadlineNanos: Loop.monotonicNanos() + UInt64(millis) * 1_000_000) { answer in
      switch answer {
      case .found(let bytes): self.answers.append("found " + String(decoding: bytes, as: UTF8.self))
      case .missing: self.answers.append("missing")
      case .unavailable: self.answers.append("unavailable")
      }
    }
  }

  func run(_ what: Comment, until condition: @escaping () -> Bool) { loop.run(what, until: condition) }

  func runUntilReady() { run("ready") { self.store.status.isReady } }

  /// The answer to one question.
  func ask(_ key: String) -> String? {
    let before = answers.count
    fetch(key)
    run("an answer") { self.answers.count > before }
    return answers.last
  }
}

@Suite("Recommendations in Redis", .serialized)
struct RecommendationStoreTests {
  @Test("what stands under the prefixed key is found; nothing, and what is no string, is told apart")
  func answers() throws {
    let server = try RedisServer()
    let batch = try RedisBatch(url: try RedisURL(server.url))
    for command in ["SET p:a hello", "LPUSH p:list x", "SET a wrong"] { _ = try batch.ask(words(command)) }
    let asker = try Asker(server.url)
    asker.runUntilReady()
    #expect(asker.ask("a") == "found hello")
    #expect(asker.ask("b") == "missing")
    #expect(asker.ask("list") == "unavailable")
    #expect(asker.ask("a") == "found hello")
  }

  @Test("a Redis that is not there is told at once; one that comes back is asked again")
  func outage() throws {
    let server = try RedisServer()
    let asker = try Asker(server.url)
    asker.fetch("a")
    #expect(asker.answers == ["unavailable"], "before the first connection there is nobody to ask")
    asker.runUntilReady()
    #expect(asker.ask("a") == "missing")
    server.kill()
    asker.run("the loss is seen") { !asker.store.status.isReady }
    let before = asker.answers.count
    for _ in 0..<10 { asker.fetch("a") }
    #expect(asker.answers.dropFirst(before).allSatisfy { $0 == "unavailable" } && asker.answers.count == before + 10)
    try server.start()
    asker.runUntilReady()
    #expect(asker.ask("a") == "missing")
  }

  @Test("a Redis that stands still answers nothing, and soon is not asked any more")
  func stall() throws {
    let server = try RedisServer()
    let asker = try Asker(server.url)
    asker.runUntilReady()
    server.freeze()
    for _ in 0..<5 { asker.fetch("a", withinMillis: 5) }
    asker.run("the breaker opens") { asker.store.status.isBreakerOpen || !asker.store.status.isReady }
    let answered = asker.answers.count
    asker.fetch("a")
    #expect(asker.answers.count == answered + 1 && asker.answers.last == "unavailable")
    server.thaw()
    asker.runUntilReady()
    #expect(asker.ask("a") == "missing")
  }

  @Test("a value larger than any list is not taken")
  func large() throws {
    let server = try RedisServer()
    let batch = try RedisBatch(url: try RedisURL(server.url))
    _ = try batch.ask(words("SETRANGE p:a 2000000 x"))
    let asker = try Asker(server.url)
    asker.runUntilReady()
    #expect(asker.ask("a") == "unavailable")
  }
}

@Suite("Values written to Redis", .serialized)
struct RedisValueWriterTests {
  init() { ProcessSignals.ignoreBrokenPipe() }

  private static func values(_ range: Range<Int>) -> [(key: String, bytes: [UInt8])] {
    range.map { ("k\($0)", Array("value \($0)".utf8)) }
  }

  @Test("are all there, and end")
  func writing() throws {
    let server = try RedisServer()
    let writer = try RedisValueWriter(url: try RedisURL(server.url), ttlSeconds: 500)
    try writer.write(Self.values(0..<3_000))
    try writer.write([])
    writer.close()
    let batch = try RedisBatch(url: try RedisURL(server.url))
    #expect(try batch.ask(words("DBSIZE")) == .integer(3_000))
    for number in [0, 1, 1_500, 2_999] {
      #expect(try batch.ask(words("GET k\(number)")).asText == "value \(number)")
      let left = try #require(try batch.ask(words("TTL k\(number)")).asInteger)
      #expect((1...500).contains(left))
    }
    #expect(writer.retries == 0)
  }

  @Test("what a lost connection left open is written again once Redis is back")
  func resuming() throws {
    let server = try RedisServer()
    var seen: [RedisError] = []
    let writer = try RedisValueWriter(url: try RedisURL(server.url), ttlSeconds: 500) { error in
      seen.append(error)
      // Away for two attempts.
      if seen.count == 2 { try? server.start() }
    }
    try writer.write(Self.values(0..<10))
    server.kill()
    try writer.write(Self.values(10..<2_000))
    #expect(writer.retries == seen.count && seen.count >= 2)
    let batch = try RedisBatch(url: try RedisURL(server.url))
    #expect(try batch.ask(words("DBSIZE")) == .integer(1_990))
    #expect(try batch.ask(words("GET k1999")).asText == "value 1999")
  }

  @Test("a Redis that stays away, refuses or was never there is an error")
  func failing() throws {
    let server = try RedisServer(starts: false)
    #expect(throws: RedisError.self) { try RedisValueWriter(url: try RedisURL(server.url), ttlSeconds: 5) }
    try server.start()
    let writer = try RedisValueWriter(url: try RedisURL(server.url), ttlSeconds: 5, patienceSeconds: 0.3)
    server.kill()
    #expect(throws: RedisError.self) { try writer.write(Self.values(0..<10)) }
    #expect(writer.retries > 0)
    let full = try RedisServer(options: ["--maxmemory", "1", "--maxmemory-policy", "noeviction"])
    let refused = try RedisValueWriter(url: try RedisURL(full.url), ttlSeconds: 5)
    #expect { try refused.write(Self.values(0..<10)) } throws: { error in
      if case .server(let answer)? = error as? RedisError { answer.kind == .outOfMemory } else { false }
    }
    #expect(refused.retries == 0)
  }
}
