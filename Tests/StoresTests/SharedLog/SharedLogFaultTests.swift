import Artifact
import Foundation
import Ranking
import RedisSupport
import ServerSupport
import Testing

@testable import Feedback
@testable import Stores

/// Replicas and a Redis that fails, forgets, or holds something else.
@Suite("A shared log whose Redis fails", .serialized)
struct SharedLogFaultTests {
  /// What can happen to Redis between two events.
  private static let accidents: [@Sendable (RedisServer) throws -> Void] = [
    { try tell($0, "FLUSHALL") },
    { try tell($0, "DEL apus:log") },
    { try tell($0, "DEL apus:log:cursors") },
    { try tell($0, "DEL apus:log:generation") },
    { try tell($0, "SCRIPT FLUSH") },
    { try tell($0, "XTRIM apus:log MAXLEN 1") },
    { try tell($0, "CLIENT KILL TYPE normal SKIPME yes") },
    { server in
      server.kill()
      try server.start()
    },
    { server in
      try tell(server, "SAVE")
      usleep(30_000)
      server.kill()
      try server.start()
    },
    { server in
      server.freeze()
      usleep(50_000)
      server.thaw()
    },
  ]

  @Test("Whatever Redis loses, in any order: no entry is lost or folded twice", arguments: 0..<8)
  func F48_forgetfulRedis(seed: UInt64) throws {
    // Without this a restart would find no file to begin from.
    let server = try RedisServer(options: ["--dbfilename", "dump.rdb"])
    let replicas = (0..<3).map { _ in Replica(server.url) { $0.batchBytes = 256 } }
    var (dice, total) = (Dice(seed), 0)
    for replica in replicas { try replica.start() }
    for _ in 0..<30 {
      let replica = replicas[dice.below(3)]
      if dice.below(8) == 0 {
        replica.stop()
        if dice.below(3) == 0 { try? FileManager.default.removeItem(atPath: replica.folder + "/snapshot") }
        try replica.start()
      }
      let events = someEvents(dice.below(40), &dice)
      try replica.record(events)
      total += events.count
      if dice.below(2) == 0 { try Self.accidents[dice.below(Self.accidents.count)](server) }
      usleep(UInt32(dice.below(20_000)))
    }
    try expectAgreement(replicas, events: total)
  }

  @Test(
    "Keys of another type: feedback is kept and said so, and shipped when they are gone",
    arguments: [
      "apus:log", "apus:log:cursors", "apus:log:generation",
    ])
  func F51_wrongType(key: String) throws {
    let server = try RedisServer()
    try tell(server, key == "apus:log:generation" ? "RPUSH \(key) x" : "SET \(key) x")
    let (first, second) = (Replica(server.url), Replica(server.url))
    var dice = Dice(10)
    for replica in [first, second] {
      try replica.start()
      try replica.record(someEvents(20, &dice))
    }
    eventually("the error") { first.status.lastError.contains("WRONGTYPE") && !first.status.isConnected }
    #expect(first.status.lag == 20 && second.events == 20)
    // It has not done a half of it again and again.
    #expect((try tell(server, "DBSIZE")).asInteger == 1)
    try tell(server, "DEL \(key)")
    try expectAgreement([first, second], events: 40)
  }

  @Test("A Redis without memory: feedback is kept and said so, and shipped when there is some")
  func F52_maxmemory() throws {
    let server = try RedisServer()
    let (first, second) = (Replica(server.url), Replica(server.url))
    var dice = Dice(11)
    for replica in [first, second] { try replica.start() }
    eventually("connected") { first.status.isConnected && second.status.isConnected }
    try tell(server, "CONFIG SET maxmemory 1")
    try first.record(someEvents(20, &dice))
    eventually("the error") { first.status.lastError.contains("OOM") }
    #expect(first.status.lag == 20 && first.events == 20)
    try tell(server, "CONFIG SET maxmemory 0")
    try expectAgreement([first, second], events: 20)
  }

  @Test("A Redis that evicts the keys begins a new generation, and everything is shipped again")
  func F52_evicted() throws {
    let server = try RedisServer(options: ["--maxmemory-policy", "allkeys-random"])
    let (first, second) = (Replica(server.url), Replica(server.url))
    var dice = Dice(12)
    for replica in [first, second] { try replica.start() }
    try first.record(someEvents(100, &dice))
    eventually("all") { second.events == 100 }
    let before = try tell(server, "GET apus:log:generation")
    try tell(server, "CONFIG SET maxmemory 1")
    eventually("evicted") { (try? tell(server, "DBSIZE").asInteger) ?? 1 == 0 }
    try tell(server, "CONFIG SET maxmemory 0")
    try second.record(someEvents(10, &dice))
    try expectAgreement([first, second], events: 110)
    #expect(try tell(server, "GET apus:log:generation") != before)
  }

  @Test("What others put into the stream is passed over and counted, and what follows it is folded")
  func F51_foreignEntries() throws {
    let server = try RedisServer()
    let (first, second) = (Replica(server.url), Replica(server.url))
    var dice = Dice(13)
    try first.start()
    try second.start()
    try first.record(someEvents(10, &dice))
    eventually("all") { second.events == 10 }
    // Fields that are no batch, a batch of no records, damaged ones, and one whose kind only a later version knows.
    try tell(server, "XADD apus:log * colour blue")
    try tell(server, "XADD apus:log * n zz a 0 l 1 b x")
    let slice = try #require(try first.service?.readLog(after: 0, maxBytes: 1 << 20))
    for number in 0..<20 {
      var bytes = slice.bytes
      bytes[dice.below(bytes.count)] ^= UInt8(1 + dice.below(255))
      try add(server, node: UInt64(100 + number), last: 10, bytes)
    }
    try add(server, node: 200, last: 1, laterVersion())
    try first.record(someEvents(10, &dice))
    eventually("the rest") {
      [first, second].allSatisfy { $0.status.skippedEntries >= 23 && $0.status.lag == 0 }
        && first.events == second.events
    }
    for replica in [first, second] { replica.stop() }
    // Damage in the middle of a batch leaves the sound records before it; both know the same ones.
    #expect(try first.digest() == second.digest())
  }

  /// A sound record of a kind that this version does not know.
  private func laterVersion() -> [UInt8] {
    var writer = ByteWriter()
    LogRecord.encode(.event(someEvent, isUnmatched: false), into: &writer)
    writer.bytes[20] = 99
    writer.bytes.withUnsafeMutableBytes {
      LogRecord.seal($0, place: .init(segment: 0, offset: 0), sequence: 1, index: 0, attempt: 0)
    }
    return writer.bytes
  }

  private var someEvent: FeedbackEvent {
    FeedbackEvent(userID: 1, tweetID: 1, type: 1, timestampSeconds: 1, requestID: 0)
  }

  private func add(_ server: RedisServer, node: UInt64, last: Int, _ bytes: [UInt8]) throws {
    let reply = try tell(
      server, words("XADD apus:log * n \(node.hexadecimal) a 0 l \(last) b") + [bytes])
    #expect(reply.asText != nil)
  }

  @Test(
    "An old copy of a state folder, used in place of it or beside it: another name, and nothing is skipped",
    arguments: [true, false])
  func F71_oldCopy(isBeside: Bool) throws {
    let server = try RedisServer()
    let (first, second) = (Replica(server.url), Replica(server.url))
    var dice = Dice(14)
    try first.start()
    try first.record(someEvents(20, &dice))
    first.stop()
    let copy = Replica(server.url, folder: first.folder + "-copy")
    defer { try? FileManager.default.removeItem(atPath: copy.folder) }
    try FileManager.default.copyItem(atPath: first.folder, toPath: copy.folder)
    let name = try NodeIdentity.read(folder: copy.folder).node

    try first.start()
    try first.record(someEvents(30, &dice))
    eventually("shipped") { first.status.shippedSequence == 50 }
    if !isBeside { first.stop() }
    try copy.start()
    try copy.record(someEvents(40, &dice))
    try second.start()
    let running = isBeside ? [first, copy, second] : [copy, second]
    eventually("everything, also what the copy did not have: \(running.map { ($0.events, $0.status) })") {
      running.allSatisfy { $0.events == 90 && $0.status.lag == 0 }
    }
    for replica in [first, copy, second] { replica.stop() }
    #expect(try NodeIdentity.read(folder: copy.folder).node != name)
    let expected = try Replica.recompute([first, copy, second])
    for replica in running { #expect(try replica.digest() == expected.digest) }
    // And once more after a start of all.
    for replica in [first, copy, second] { try replica.start() }
    try expectAgreement([first, copy, second], events: 90)
  }

  @Test(
    "Cursors and places that are lost or nonsense: shipped and read again from the beginning",
    arguments: [
      "", "x", "18446744073709551616:-", "-1:0", "3:zz", "2:1:2", ":",
    ])
  func F71_lostCursor(text: String) throws {
    let server = try RedisServer()
    let (first, second) = (Replica(server.url), Replica(server.url))
    var dice = Dice(15)
    try first.start()
    try second.start()
    try first.record(someEvents(20, &dice))
    eventually("all") { second.events == 20 }
    let node = try #require(first.service?.identity.node).hexadecimal
    _ = try tell(server, words("HSET apus:log:cursors") + [Array(node.utf8), Array(text.utf8)])
    try first.record(someEvents(20, &dice))
    try expectAgreement([first, second], events: 40)
  }

  @Test(
    "A Redis that answers scripts and reads with nonsense is an error, not an end",
    arguments: [
      "+OK\r\n", ":1\r\n", "*0\r\n", "$-1\r\n", "*2\r\n$1\r\na\r\n$1\r\nb\r\n",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n:1\r\n:2\r\n",
      "-MOVED 1 127.0.0.1:1\r\n", "-READONLY no\r\n", "-LOADING wait\r\n", "-ERR x\r\n",
    ])
  func F51_nonsense(reply: String) throws {
    let fake = try FakeRedis { _ in .bytes(Array(reply.utf8)) }
    defer { fake.stop() }
    let replica = Replica(fake.url)
    var dice = Dice(16)
    try replica.start()
    try replica.record(someEvents(5, &dice))
    eventually("some commands") { fake.commands.count > 20 || replica.status.lastError != "" }
    #expect(replica.events == 5 && replica.status.followedEntries == 0)
    replica.stop()
    let alone = try Replica.recompute([replica])
    #expect(try replica.digest() == alone.digest)
  }
}
