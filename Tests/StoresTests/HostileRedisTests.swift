import RedisSupport
import ServerSupport
import Testing

@testable import Stores

/// Something that listens like a Redis and answers as no Redis should.
@Suite(.serialized) struct HostileRedisTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// Answers the first command with `answer`, every later one with `+fine`; the client must come through and use it.
  private func firstResult(
    of answer: FakeRedis.Answer, settings: RedisSettings = .patient
  ) throws -> Result<RedisReply, RedisError> {
    let fake = try FakeRedis { command in command == words("GET first") ? answer : .bytes(Array("+fine\r\n".utf8)) }
    defer { fake.stop() }
    let driver = try Driver(fake.url, settings)
    driver.runUntilReady()
    let result = driver.ask("GET", "first", timeoutMillis: settings.stallMillis)
    driver.runUntilReady()
    #expect(driver.ask("GET", "second") == .success(.status("fine")))
    #expect(fake.malformed.isEmpty)
    return result
  }

  @Test("Errors are told apart by their code words", arguments: RedisServerError.Kind.allCases)
  func F51_errors(kind: RedisServerError.Kind) throws {
    let line = kind == .other ? "ERR what" : "\(kind.rawValue) 3999 127.0.0.1:6381"
    guard case .failure(.server(let error)) = try firstResult(of: .bytes(bytes("-\(line)\r\n"))) else {
      throw TestFailure("not an error of the server")
    }
    #expect(error.kind == kind && error.message == line)
    if [.moved, .ask, .clusterDown].contains(kind) { #expect("\(error)".contains("node of a cluster")) }
    if kind == .readOnly { #expect("\(error)".contains("replica")) }
  }

  @Test("A very long error is cut, odd bytes in it do no harm")
  func longError() throws {
    let result = try firstResult(of: .bytes([45] + [UInt8](repeating: 0xFF, count: 100_000) + bytes("\r\n")))
    guard case .failure(.server(let error)) = result else { throw TestFailure("\(result)") }
    #expect(error.kind == .other && error.message.unicodeScalars.count <= 512)
  }

  @Test("Larger than may be: the connection is given up while the reply comes, or before it")
  func F51_tooLarge() throws {
    var settings = RedisSettings.patient
    settings.maxReplyBytes = 100_000
    settings.maxReplyElements = 1_000
    let header = bytes("$536870912\r\n")
    let large = [UInt8](repeating: 120, count: 400_000)
    #expect(try firstResult(of: .bytes(header + large), settings: settings) == .failure(.replyTooLarge))
    #expect(try firstResult(of: .bytes(bytes("+") + large), settings: settings) == .failure(.replyTooLarge))
    #expect(try firstResult(of: .bytes(bytes("*2147483647\r\n")), settings: settings) == .failure(.replyTooLarge))
    let nested = bytes("*2\r\n*600\r\n") + (0..<600).flatMap { _ in bytes(":1\r\n") } + bytes("*600\r\n")
    #expect(try firstResult(of: .bytes(nested), settings: settings) == .failure(.replyTooLarge))
    let parts = bytes("*3\r\n") + (0..<3).flatMap { _ in bytes("$40000\r\n") + large.prefix(40_000) + bytes("\r\n") }
    #expect(try firstResult(of: .bytes(parts), settings: settings) == .failure(.replyTooLarge))
    let just = bytes("$90000\r\n") + large.prefix(90_000) + bytes("\r\n")
    #expect(try firstResult(of: .bytes(just), settings: settings) == .success(.bytes(Array(large.prefix(90_000)))))
  }

  static let garbage: [String] = [
    "HTTP/1.1 400 Bad Request\r\n\r\n", "\r\n", "\0\0\0\0\r\n", "?3\r\n", "$-2\r\n", "$99999999999999999999\r\n",
    "*-2\r\n",
    "*99999999999\r\n", ":12x\r\n", ":\r\n", "$abc\r\n", "*2\r\n$1\r\na\r\n!\r\n", "%1\r\n+a\r\n+b\r\n", "_\r\n",
    ">2\r\n+a\r\n+b\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n",
  ]

  @Test("What is not the protocol ends the connection, and the next one works", arguments: garbage)
  func F51_garbage(text: String) throws {
    let result = try firstResult(of: .bytes(bytes(text)))
    guard case .failure(.protocolViolation) = result else { throw TestFailure("\(text): \(result)") }
  }

  @Test("Nesting: seven levels are read, more are refused")
  func F51_nesting() throws {
    func nested(_ depth: Int) -> [UInt8] { (0..<depth).flatMap { _ in bytes("*1\r\n") } + bytes(":1\r\n") }
    var seven = RedisReply.integer(1)
    for _ in 0..<7 { seven = .array([seven]) }
    #expect(try firstResult(of: .bytes(nested(7))) == .success(seven))
    for depth in [9, 10, 100_000] {
      let result = try firstResult(of: .bytes(nested(depth)))
      guard case .failure(.protocolViolation) = result else { throw TestFailure("\(depth): \(result)") }
    }
  }

  @Test(
    "A reply that nobody asked for ends the connection, not the process",
    arguments: [
      "+OK\r\n", ":1\r\n", "$-1\r\n", "$2\r\nhi\r\n", "*2\r\n+a\r\n+b\r\n", "-ERR max number of clients reached\r\n",
    ])
  func F51_unasked(text: String) throws {
    let fake = try FakeRedis { _ in .bytes(Array("+fine\r\n".utf8)) }
    defer { fake.stop() }
    let driver = try Driver(fake.url, .patient)
    driver.runUntilReady()
    fake.push(bytes(text))
    driver.run("the end of the connection") { driver.client.status.counters.losses == 1 }
    driver.runUntilReady()
    // Two replies to one command: the second is the unasked one.
    let double = try firstResult(of: .bytes(bytes("+one\r\n" + text)))
    #expect(double == .success(.status("one")))
  }

  @Test("A reply cut off anywhere fails its command, and only that")
  func F51_truncations() throws {
    let reply = bytes("*4\r\n$5\r\nhe\r\no\r\n:-12\r\n*2\r\n+OK\r\n-ERR no\r\n$-1\r\n")
    let cut = Cut(reply)
    let fake = try FakeRedis { _ in cut.next() }
    defer { fake.stop() }
    var settings = RedisSettings.patient
    settings.backoffFirstMillis = 1
    settings.backoffLastMillis = 4
    let driver = try Driver(fake.url, settings)
    for length in 0..<reply.count {
      driver.runUntilReady()
      let result = driver.ask("GET", "a")
      guard case .failure(.disconnected) = result else { throw TestFailure("\(length): \(result)") }
    }
    driver.runUntilReady()
    #expect(
      driver.ask("GET", "a")
        == .success(
          .array([
            .bytes(bytes("he\r\no")), .integer(-12),
            .array([.status("OK"), .error(RedisServerError(line: bytes("ERR no")))]),
            .null,
          ])))
  }

  /// One more byte of a reply each time, and the end of the connection unless it is whole.
  final class Cut: @unchecked Sendable {
    private let reply: [UInt8]
    private var length = -1

    init(_ reply: [UInt8]) { self.reply = reply }

    func next() -> FakeRedis.Answer {
      length += 1
      return length < reply.count ? .last(Array(reply.prefix(length))) : .bytes(reply)
    }
  }

  @Test("Random bytes never do more than end the connection")
  func F51_randomBytes() throws {
    let dice = Guess()
    let fake = try FakeRedis { _ in .last(dice.bytes()) }
    defer { fake.stop() }
    var settings = RedisSettings.patient
    settings.backoffFirstMillis = 1
    settings.backoffLastMillis = 4
    let driver = try Driver(fake.url, settings)
    for _ in 0..<200 {
      driver.runUntilReady()
      _ = driver.ask("GET", "a")
    }
  }

  /// Replies of the protocol's own marks, so that parsers get far.
  final class Guess: @unchecked Sendable {
    private var dice = Dice(51)

    func bytes() -> [UInt8] {
      let pieces = [
        "*", "$", ":", "+", "-", "\r\n", "1", "2", "-1", "0", "a", "\n", "\0", "99", "*3\r\n", "$1\r\nx\r\n",
      ]
      return (0..<dice.below(20)).flatMap { _ in Array(pieces[dice.below(pieces.count)].utf8) }
    }
  }

  @Test(
    "Redis that is loading, or answers the greeting with nonsense, is not ready; the reason is kept",
    arguments: [
      "-LOADING Redis is loading the dataset in memory\r\n", "+PONG\r\n", "*0\r\n",
      "-MASTERDOWN Link with MASTER is down\r\n",
      "-ERR max number of clients reached\r\n", "$5\r\n",
    ])
  func F51_greeting(text: String) throws {
    let fake = try FakeRedis(greets: false) { command in
      command == words("PING") ? .last(Array("+PONG".utf8)) : .bytes(Array(text.utf8))
    }
    defer { fake.stop() }
    let driver = try Driver(fake.url, .patient)
    driver.run("some attempts") { driver.client.status.attempts >= 3 }
    #expect(!driver.client.isReady && driver.client.status.counters.connections == 0)
    #expect(driver.client.status.lastError != nil)
    #expect(driver.client.status.inFlight == 0)
  }
}
