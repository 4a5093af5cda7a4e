import RedisSupport
import ServerSupport
import Testing

@testable import Stores

/// The client against a real Redis.
@Suite(.serialized) struct RedisRoundTripTests {
  @Test("Any bytes come back as they were, over TCP and over a Unix socket")
  func roundTrip() throws {
    let server = try RedisServer()
    for url in [server.url, server.socketURL] {
      let driver = try Driver(url, .patient)
      driver.runUntilReady()
      var dice = Dice(1)
      for size in [0, 1, 2, 100, 16_383, 16_384, 16_385, 300_000] {
        let key = dice.bytes(1 + dice.below(40))
        let value = dice.bytes(size)
        #expect(driver.ask([Array("SET".utf8), key, value]) == .success(.status("OK")))
        #expect(driver.ask([Array("GET".utf8), key]) == .success(.bytes(value)))
      }
      #expect(driver.ask("GET", "nothing") == .success(.null))
      #expect(driver.ask("INCRBY", "n\(url)", "-5") == .success(.integer(-5)))
      #expect(
        driver.ask("EVAL", "return {1, {'a', false}, {}}", "0")
          == .success(.array([.integer(1), .array([.bytes([97]), .null]), .array([])])))
    }
  }

  @Test("Ids with line ends, spaces and braces are arguments and nothing else")
  func F32_idsTravelAsArguments() throws {
    let server = try RedisServer()
    let fake = try FakeRedis { _ in .bytes(Array("+OK\r\n".utf8)) }
    defer { fake.stop() }
    let real = try Driver(server.url, .patient)
    let scripted = try Driver(fake.url, .patient)
    real.runUntilReady()
    scripted.runUntilReady()
    let pieces = [
      "\r\n", "\r", "\n", " ", "{", "}", "{a}", "*1\r\n", "$0\r\n\r\n", "\r\nFLUSHALL\r\n", "\"", "'", "\0", "%s", "%b",
      "é", "x",
    ]
    var dice = Dice(32)
    var sent: [[[UInt8]]] = []
    for number in 0..<300 {
      let id: [UInt8] =
        number % 3 == 0
        ? dice.bytes(dice.below(30)) : (0...dice.below(5)).flatMap { _ in Array(pieces[dice.below(pieces.count)].utf8) }
      let set = [Array("SET".utf8), Array("user:".utf8) + id, id]
      #expect(real.ask(set) == .success(.status("OK")))
      #expect(real.ask([Array("GET".utf8), set[1]]) == .success(.bytes(id)))
      #expect(scripted.ask(set) == .success(.status("OK")))
      sent.append(set)
    }
    let keys = Set(sent.map { $0[1] }).count
    #expect(real.ask("DBSIZE") == .success(.integer(Int64(keys))), "no id was a command")
    #expect(fake.commands == sent && fake.malformed.isEmpty)
  }

  @Test("A password and the number of a database; without them, or with wrong ones, the reason is plain")
  func loginAndDatabase() throws {
    let server = try RedisServer(
      password: "s:e/c@r%t ä", options: ["--user", "ann", "on", ">geheim", "~*", "+@all", "--databases", "4"])
    let escaped = "s%3Ae%2Fc%40r%25t%20%C3%A4"
    func urls(_ login: String, _ database: String) -> [String] {
      ["redis://\(login)127.0.0.1:\(server.port)/\(database)", "unix://\(login)\(server.socketPath)?db=\(database)"]
    }
    for (login, database) in [(":\(escaped)@", "3"), ("ann:geheim@", "2"), ("default:\(escaped)@", "0")] {
      for url in urls(login, database) {
        let driver = try Driver(url, .patient)
        driver.runUntilReady()
        #expect(driver.ask("SET", "where", database) == .success(.status("OK")))
      }
    }
    let zero = try Driver(urls(":\(escaped)@", "0")[0], .patient)
    zero.runUntilReady()
    #expect(zero.ask("GET", "where") == .success(.bytes(Array("0".utf8))))
    for (login, database, kind) in [
      (":wrong@", "0", RedisServerError.Kind.wrongPassword), ("", "0", .noAuthentication),
      ("bob:geheim@", "0", .wrongPassword),
      (":\(escaped)@", "4", .other),
    ] {
      let driver = try Driver(urls(login, database)[0], .patient)
      driver.run("a refusal") { driver.client.status.lastError != nil }
      guard case .server(let error) = driver.client.status.lastError else {
        Issue.record("\(login): \(String(describing: driver.client.status.lastError))")
        continue
      }
      #expect(error.kind == kind && !driver.client.isReady, "\(error)")
      #expect(!error.description.contains("wrong@"))
      #expect(throws: RedisError.server(error)) { try driver.client.send(words("GET a"), timeoutMillis: 1) { _ in } }
    }
  }

  @Test("A pipeline answers each of its commands, and is refused whole where it does not fit")
  func pipeline() throws {
    let server = try RedisServer()
    let driver = try Driver(server.url, .patient)
    driver.runUntilReady()
    var results: [Result<RedisReply, RedisError>] = []
    let commands = [words("SET a 1"), words("LPUSH a x"), words("INCR a"), words("GET a")]
    try driver.client.pipeline(commands, timeoutMillis: 30_000) { results = $0 }
    driver.run("the pipeline") { !results.isEmpty }
    #expect(results.count == 4 && results[0] == .success(.status("OK")) && results[2] == .success(.integer(2)))
    #expect(results[3] == .success(.bytes(Array("2".utf8))))
    guard case .failure(.server(let error)) = results[1] else { throw TestFailure("\(results)") }
    #expect(error.kind == .wrongType)
    let many = Array(repeating: words("INCR n"), count: 1_025)
    #expect(throws: RedisError.tooManyInFlight) { try driver.client.pipeline(many, timeoutMillis: 1) { _ in } }
    let large = [words("INCR n"), [Array("SET".utf8), [1], [UInt8](repeating: 0, count: 1 << 20)]]
    #expect(throws: RedisError.outputFull) { try driver.client.pipeline(large, timeoutMillis: 1) { _ in } }
    #expect(throws: RedisError.badCommand(reason: "an empty pipeline")) {
      try driver.client.pipeline([], timeoutMillis: 1) { _ in }
    }
    #expect(driver.ask("GET", "n") == .success(.null))
  }

  @Test(
    "Commands that would take over the connection are refused",
    arguments: [
      "", "subscribe c", "PSUBSCRIBE c", "Monitor", "AUTH x", "SELECT 1", "HELLO 3", "client REPLY off", "QUIT",
      "reset",
    ])
  func badCommands(_ text: String) throws {
    let server = try RedisServer()
    let driver = try Driver(server.url, .patient)
    driver.runUntilReady()
    let result = driver.ask(words(text))
    guard case .failure(.badCommand) = result else { throw TestFailure("\(result)") }
    #expect(driver.ask("CLIENT", "GETNAME") == .success(.null))
  }

  @Test("A completion may close the client, and may send; every command is told exactly once")
  func closeFromWithin() throws {
    let server = try RedisServer()
    for closing in 0..<12 {
      let driver = try Driver(server.url, .patient)
      driver.runUntilReady()
      var told = [Int](repeating: 0, count: 10)
      var late: RedisError?
      for index in 0..<10 {
        try driver.client.send(words("INCR x"), timeoutMillis: 30_000) { result in
          told[index] += 1
          if index == closing { driver.client.close() }
          if index > closing { #expect(result == .failure(.closed)) }
          do throws(RedisError) {
            try driver.client.send(words("INCR y"), timeoutMillis: 30_000) { _ in }
          } catch {
            late = error
          }
        }
      }
      driver.run("all told") { told.allSatisfy { $0 > 0 } }
      if closing >= 10 { driver.client.close() }
      #expect(told.allSatisfy { $0 == 1 } && late == (closing < 10 ? .closed : nil))
    }
  }

  @Test("A loop that is closed with commands in flight tells each of them")
  func loopClosedFirst() throws {
    let server = try RedisServer()
    let driver = try Driver(server.url, .patient)
    driver.runUntilReady()
    server.freeze()
    var told = 0
    for _ in 0..<5 { try driver.client.send(words("INCR x"), timeoutMillis: 30_000) { _ in told += 1 } }
    driver.loop.close()
    #expect(told == 5 && !driver.client.isReady)
    server.thaw()
  }
}
