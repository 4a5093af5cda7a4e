import EventLoop
import Ranking
import ServerSupport
import Testing
import Wire

@testable import Serving

@Suite("Calls in a worker's queue")
struct WorkerQueueTests {
  private func counted(_ bench: WorkerBench) -> QueueDescription { bench.worker.metrics.queue.description }

  private func rank(
    _ id: UInt64, _ tweets: Int, _ world: TestWorld, criticality: UInt64 = 0, budgetMillis: UInt64 = 1_000
  ) -> Call {
    Call(id, budgetMillis: budgetMillis) { call in
      call.varint(3, criticality)
      call.message(16) { rank in
        rank.fixed64(1, world.users[0])
        rank.column(2, Array(world.tweets.prefix(tweets)))
      }
    }
  }

  @Test("calls whose budget is over are answered without being decoded or ranked, wherever they wait")
  func F40_expiredCallsAreNotRanked() throws {
    let bench = try WorkerBench()
    var before = bench.memory.generator
    for id in UInt64(1)...20 {
      #expect(bench.enqueue(rank(id, 3, bench.world, criticality: id % 3, budgetMillis: 300), agoMillis: 2_000))
    }
    // What is in the call does not matter any more.
    let broken = Call(payload: [8, 21, 16, 5, 0x82, 1, 2, 0xFF, 0xFF])
    #expect(bench.enqueue(broken, agoMillis: 2_000))
    let answers = try bench.replies()
    #expect(answers.map(\.id).sorted() == Array(1...21))
    #expect(answers.allSatisfy { $0.status.code == .deadlineExceeded && !$0.status.executed && $0.tweets.isEmpty })
    #expect(answers.allSatisfy { $0.queueMicros >= 2_000_000 })
    #expect(counted(bench).expired == 21 && counted(bench).calls == 0)
    // Every ranking takes from the generator.
    var after = bench.memory.generator
    #expect(before.next() == after.next())
    #expect(bench.enqueue(rank(30, 3, bench.world)))
    #expect(try bench.replies().map(\.status.code) == [.ok])
  }

  @Test("calls of a connection that has ended leave the queue, and are counted")
  func cancelledCalls() throws {
    let bench = try WorkerBench()
    let other = Session(id: 2, peer: PeerAddress(userID: 0), worker: bench.worker, nowMillis: 0)
    for id in UInt64(1)...10 { #expect(bench.enqueue(rank(id, 3, bench.world), from: id % 2 == 0 ? other : nil)) }
    bench.worker.cancelCalls(of: other)
    #expect(bench.worker.queue.count == 5 && counted(bench).cancelled == 5)
    #expect(try bench.replies().map(\.id) == [1, 3, 5, 7, 9])
    #expect(other.outgoing.isEmpty && bench.worker.queue.load.nanos == 0)
  }

  @Test("a full queue puts out what matters less, which is told so; among equals the newcomer is refused")
  func F38_evictions() throws {
    var limits = Limits()
    limits.queuedCalls = 4
    let bench = try WorkerBench(limits: limits)
    for id in UInt64(1)...4 { #expect(bench.enqueue(rank(id, 3, bench.world, criticality: id <= 2 ? 2 : 0))) }
    #expect(!bench.enqueue(rank(5, 3, bench.world, criticality: 2)), "nothing matters less than a sheddable call")
    for id in UInt64(6)...9 { #expect(bench.enqueue(rank(id, 3, bench.world, criticality: 1))) }
    #expect(!bench.enqueue(rank(10, 3, bench.world, criticality: 1)))
    let answers = try bench.replies()
    let refused = answers.filter { $0.status.code == .resourceExhausted }
    #expect(refused.map(\.id) == [5, 1, 2, 3, 4, 10])
    #expect(
      refused.map(\.status.reason) == [.queueFull, .overloaded, .overloaded, .overloaded, .overloaded, .queueFull])
    #expect(refused.allSatisfy { $0.status.retryAfterMillis > 0 && !$0.status.executed })
    #expect(answers.filter { $0.status == .ok }.map(\.id) == [6, 7, 8, 9])
    let queue = counted(bench)
    #expect(queue.shedSheddable == 3 && queue.shedOrdinary == 2 && queue.shedCritical == 1)
  }

  @Test("a call whose turn would come too late is refused at once, with a time to wait; one that matters more is not")
  func F36_refusedEarly() throws {
    let bench = try WorkerBench()
    var admitted = 0
    // 200 candidates are expected to cost about 0.2 ms: half a second holds some thousands.
    while admitted < 6_000, bench.enqueue(rank(UInt64(admitted + 1), 200, bench.world)) { admitted += 1 }
    #expect((100..<6_000).contains(admitted), "\(admitted) calls wait")
    #expect(!bench.enqueue(rank(7_001, 1, bench.world, criticality: 2)), "sheddable calls wait for more still")
    #expect(bench.enqueue(rank(7_002, 1, bench.world, criticality: 1)), "nothing critical waits")
    #expect(counted(bench).shedOrdinary == 1 && counted(bench).shedSheddable == 1)
    let bytes = bench.session.outgoing.withBytes { Array($0) }
    let first = try Answer(Array(bytes[4..<4 + Int(bytes[3])]))
    #expect(first.status.code == .resourceExhausted && first.status.reason == .overloaded)
    #expect(first.status.retryAfterMillis >= 20 && !first.status.executed)
    bench.worker.dropAll()
  }

  @Test(
    "after a pause of the process, what is read may have come at any time since it began; in the next turn it is now")
  func F43_arrivalsAfterAPause() throws {
    let bench = try WorkerBench()
    let began = Loop.monotonicNanos() - 2_000_000_000
    func arrival() -> UInt64 { bench.worker.pauses.arrival(now: Loop.monotonicNanos()) }
    bench.worker.pauses = PauseDetector(now: began)
    #expect(arrival() == began)
    // The first turn may come before anything was read.
    #expect(bench.worker.turn() && arrival() == began)
    while bench.worker.turn() {}
    #expect(bench.worker.pauses.pausedSinceNanos == nil && bench.worker.pauses.lastTurnNanos > began)
    #expect(arrival() >= bench.worker.pauses.lastTurnNanos)
  }

  @Test("a pause in the midst of a turn is one, too, until the next turn")
  func F43_pauseWithinATurn() {
    let pause = PauseDetector.shortestNanos
    var pauses = PauseDetector(now: 1_000)
    pauses.begin(at: 2_000)
    pauses.end(2_000, at: 2_000 + pause)
    #expect(pauses.arrival(now: 2_001 + pause) == 2_001 + pause, "a long turn")
    pauses.begin(at: 3_000 + pause)
    pauses.end(3_000 + pause, at: 3_001 + 2 * pause)
    #expect(pauses.arrival(now: 3_002 + 2 * pause) == 3_000 + pause)
    pauses.begin(at: 3_003 + 2 * pause)
    #expect(pauses.arrival(now: 3_004 + 2 * pause) == 3_004 + 2 * pause)
    // From before both, if there were two.
    pauses.end(3_003 + 2 * pause, at: 3_004 + 2 * pause)
    pauses.begin(at: 4_000 + 3 * pause)
    pauses.end(4_000 + 3 * pause, at: 5_000 + 4 * pause)
    #expect(pauses.arrival(now: 5_001 + 4 * pause) == 3_004 + 2 * pause)
  }

  @Test("after warm-up no payload is taken from the heap")
  func payloadsComeFromThePool() throws {
    let bench = try WorkerBench()
    func round() throws {
      for id in UInt64(1)...200 { bench.enqueue(rank(id, Int(id % 50), bench.world, budgetMillis: 600_000)) }
      _ = try bench.replies()
    }
    try round()
    let warm = bench.worker.payloads.allocations
    for _ in 0..<5 { try round() }
    #expect(bench.worker.payloads.allocations == warm && warm > 0)
  }
}
