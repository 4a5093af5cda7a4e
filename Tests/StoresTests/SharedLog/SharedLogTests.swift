import Foundation
import Ranking
import RedisSupport
import ServerSupport
import Testing

@testable import Feedback
@testable import Stores

/// Replicas and a real Redis to which nothing bad happens.
@Suite("A shared log", .serialized)
struct SharedLogTests {
  @Test("What one records all fold, and all hold what an offline recomputation holds")
  func agreement() throws {
    let server = try RedisServer(password: "secret", options: ["--databases", "4"])
    let replicas = (0..<3).map { _ in Replica(server.url + "/3") }
    var dice = Dice(1)
    for replica in replicas { try replica.start() }
    for _ in 0..<40 { try replicas[dice.below(3)].record(someEvents(dice.below(200), &dice)) }
    let total = replicas.reduce(0) { $0 + Int($1.service?.lastSequence ?? 0) }
    try expectAgreement(replicas, events: total)
  }

  @Test("A ranking that one answered and another heard of is in the log of the first, and settles the event at both")
  func rankingsCross() throws {
    let server = try RedisServer()
    let (first, second) = (Replica(server.url), Replica(server.url))
    try first.start()
    try second.start()
    first.service?.served.add(
      LoggedRanking(
        requestID: 77, userID: 1, timestampSeconds: 1_700_000_000, policyVersion: "p", modelVersion: "m",
        items: [.init(tweetID: 5, propensity: 1, score: 0)]))
    try second.record([
      FeedbackEvent(userID: 1, tweetID: 5, type: 2, timestampSeconds: 1_700_000_010, requestID: 77)
    ])
    eventually("the ranking in the first's log, and the event counted at both") {
      [first, second].allSatisfy(isCounted) && first.service?.lastSequence == 1
    }
    try expectAgreement([first, second], events: 1)
  }

  /// Whether tweet 5 has a reward.
  private func isCounted(_ replica: Replica) -> Bool {
    var (trials, reward, expected): (UInt32, Float, Float) = (0, 0, 0)
    let id: UInt64 = 5
    withUnsafePointer(to: id) {
      replica.service?.arms.lookUp(
        .init(start: $0, count: 1), trials: &trials, rewards: &reward, expected: &expected)
    }
    return reward > 0
  }

  @Test("A replica that was away, with its snapshot or without, catches up; entries are folded once")
  func restarts() throws {
    let server = try RedisServer()
    let (first, second) = (Replica(server.url), Replica(server.url))
    var (dice, total) = (Dice(2), 0)
    try first.start()
    for round in 0..<6 {
      if round == 4 { try? FileManager.default.removeItem(atPath: second.folder + "/snapshot") }
      try second.start()
      for replica in [first, second] { try replica.record(someEvents(50, &dice)) }
      total += 100
      eventually("all") { second.events == UInt64(total) }
      second.stop()
      try first.record(someEvents(30, &dice))
      total += 30
    }
    try second.start()
    try expectAgreement([first, second], events: total)
  }

  @Test("A stream that was trimmed: who missed something asks for it, and gets it from who has it")
  func trimmed() throws {
    let server = try RedisServer()
    let (first, late) = (Replica(server.url) { $0.batchBytes = 512 }, Replica(server.url))
    var dice = Dice(3)
    try first.start()
    try first.record(someEvents(500, &dice))
    eventually("shipped") { first.status.lag == 0 && first.status.shippedSequence == 500 }
    try tell(server, "XTRIM apus:log MAXLEN 1")
    try first.record(someEvents(1, &dice))
    try late.start()
    eventually("all") { late.events == 501 }
    // The batch that was not trimmed has fewer than ten entries.
    eventually("counted") { first.status.reshippedEntries > 490 }
    try expectAgreement([first, late], events: 501)
  }

  @Test("A node that ships nothing more and whose batches were trimmed is missed all the same")
  func trimmedAndQuiet() throws {
    let server = try RedisServer()
    let replicas = (0..<3).map { _ in Replica(server.url) }
    var dice = Dice(8)
    for replica in replicas[..<2] {
      try replica.start()
      try replica.record(someEvents(10, &dice))
      eventually("shipped") { replica.status.shippedSequence == 10 }
    }
    try tell(server, "XTRIM apus:log MAXLEN 1")
    try replicas[2].start()
    try expectAgreement(replicas, events: 20)
  }

  @Test("The stream's length is bounded, and nothing is lost by it")
  func bounded() throws {
    let server = try RedisServer(options: ["--stream-node-max-entries", "10"])
    let first = Replica(server.url) { ($0.batchBytes, $0.streamBatches) = (64, 20) }
    let second = Replica(server.url) { $0.batchesPerRead = 2 }
    var dice = Dice(4)
    try first.start()
    try second.start()
    try first.record(someEvents(2_000, &dice))
    eventually("all") { second.events == 2_000 }
    let length = try tell(server, "XLEN apus:log").asInteger ?? 0
    #expect(length <= 31, "\(length)")
    try expectAgreement([first, second], events: 2_000)
  }

  @Test("A stop ships what is left")
  func drain() throws {
    let server = try RedisServer()
    let (first, second) = (Replica(server.url) { $0.pollMillis = 500 }, Replica(server.url))
    var dice = Dice(5)
    try first.start()
    eventually("connected") { first.status.isConnected }
    try first.record(someEvents(3_000, &dice))
    first.stop()
    try second.start()
    eventually("all") { second.events == 3_000 }
    try first.start()
    try expectAgreement([first, second], events: 3_000)
  }

  @Test("Without Redis a stop does not wait, and a later start ships")
  func F70_redisAway() throws {
    let server = try RedisServer(starts: false)
    let (first, second) = (Replica(server.url), Replica(server.url))
    var dice = Dice(6)
    try first.start()
    try first.record(someEvents(10, &dice))
    #expect(!first.status.isConnected && first.status.lag == 10)
    first.stop()
    try server.start()
    try first.start()
    try second.start()
    try expectAgreement([first, second], events: 10)
  }

  @Test("The log keeps segments that are not shipped, whatever the retention")
  func F70_retention() throws {
    let server = try RedisServer(starts: false)
    let replica = Replica(server.url)
    let folder = replica.folder
    let log = try LocalLog(
      folder: folder, lock: StateFolder(path: folder), files: SystemFileOperations(), segmentBytes: 4_096)
    var options = FeedbackOptions()
    options.isShared = true
    options.snapshotPath = folder + "/snapshot"
    (options.snapshotPeriod, options.retention) = (10, .none)
    let service = try FeedbackService(log: log, options: options)
    var dice = Dice(7)
    func record() {
      for _ in 0..<40 {
        let done = DispatchSemaphore(value: 0)
        service.submit(someEvents(20, &dice)) { _ in done.signal() }
        done.wait()
        usleep(1_000)
      }
    }
    record()
    #expect(try service.readLog(after: 0, maxBytes: 1).firstSequence == 1)
    service.release(through: 800)
    eventually("old segments go") {
      record()
      return ((try? service.readLog(after: 0, maxBytes: 1))?.firstSequence ?? 0) > 1
    }
    #expect(try service.readLog(after: 800, maxBytes: 1).firstSequence == 801)
    service.close()
  }
}
