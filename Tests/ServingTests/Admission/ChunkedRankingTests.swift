import EventLoop
import Kernels
import Ranking
import ServerSupport
import Testing
import Wire

@testable import Serving

@Suite("Large calls, ranked in chunks")
struct ChunkedRankingTests {
  /// A call of known tweets, unknown ones, repeated ones, and new ones with texts; with odd caller scores.
  private func call(_ id: UInt64, _ world: TestWorld, seed: UInt64, limit: UInt64) throws -> Call {
    var dice = SeededGenerator(seed: seed)
    let ids = (0..<300).map { _ in
      dice.below(8) == 0 ? UInt64(dice.below(1_000)) : world.tweets[dice.below(world.tweets.count)]
    }
    let scores: [Float] = ids.map { _ in dice.below(9) == 0 ? .nan : Float(dice.uniform()) }
    let texts = try (0..<60).map { _ in try world.text(of: world.tweets[dice.below(world.tweets.count)]) }
    return Call(id) { call in
      call.message(16) { rank in
        rank.fixed64(1, world.users[dice.below(world.users.count)])
        rank.column(2, ids)
        rank.column(4, scores)
        for (index, text) in texts.enumerated() {
          rank.message(5) { tweet in
            tweet.fixed64(1, UInt64(5_000_000 + index))
            tweet.payload(2, text)
            tweet.fixed64(3, world.users[index % world.users.count])
          }
        }
        rank.varint(6, limit)
        rank.varint(7, 1)
      }
    }
  }

  private func bench(
    _ world: TestWorld, chunk: Int, policy: BanditPolicy, steps: StepSettings
  ) throws -> WorkerBench {
    var limits = Limits()
    (limits.chunkCandidates, limits.maximumBudgetMillis) = (chunk, UInt32(Call.patientMillis))
    return try WorkerBench(limits: limits, world: world, policy: policy, steps: steps, now: .model)
  }

  private static let policies = [
    BanditPolicy(epsilon: 0.5), BanditPolicy(.priorUCB(PriorTerm()), epsilon: 0.2),
    BanditPolicy(.thompson(PosteriorDraw()), epsilon: 0), BanditPolicy(.linUCB(ContextualTerm()), epsilon: 0),
  ]

  @Test(
    "an answer in chunks is the answer at once, bit for bit: order, scores, propensities, explanations",
    arguments: [true, false], 0..<4)
  func F41_chunksChangeNothing(isClassic: Bool, policy: Int) throws {
    let world = try isClassic ? TestWorld.classic() : TestWorld.shared()
    var steps = StepSettings()
    steps.authorPenalty = 0.5
    steps.fatigue.tweet = 0.5
    let whole = try bench(world, chunk: 5_000, policy: Self.policies[policy], steps: steps)
    for chunk in [1, 16, 97] {
      let parts = try bench(world, chunk: chunk, policy: Self.policies[policy], steps: steps)
      let again = try bench(world, chunk: 5_000, policy: Self.policies[policy], steps: steps)
      for seed in UInt64(1)...3 {
        let call = try call(seed, world, seed: seed, limit: seed == 1 ? 0 : 40)
        #expect(parts.enqueue(call) && again.enqueue(call))
        let (inParts, atOnce) = (try #require(parts.replies().first), try #require(again.replies().first))
        #expect(inParts.status == .ok && atOnce.status == .ok)
        #expect(inParts.tweets == atOnce.tweets && inParts.tweets.count >= 40)
        #expect(inParts.scores.map(\.bitPattern) == atOnce.scores.map(\.bitPattern))
        #expect(inParts.propensities.map(\.bitPattern) == atOnce.propensities.map(\.bitPattern))
        #expect(inParts.contributions.map { $0.map(\.bitPattern) } == atOnce.contributions.map { $0.map(\.bitPattern) })
      }
      #expect(parts.worker.metrics.queue.description.yields >= UInt64(3 * 300 / max(chunk, 16)) || chunk > 16)
    }
    #expect(whole.worker.metrics.queue.description.yields == 0)
  }

  @Test("small calls do not wait for a large one: they are answered between its chunks")
  func F41_smallCallsGoBetweenChunks() throws {
    let world = try TestWorld.shared()
    let bench = try bench(world, chunk: 4, policy: BanditPolicy(epsilon: 0), steps: StepSettings())
    #expect(bench.enqueue(.rank(1, user: world.users[0], world.tweets)))
    for id in UInt64(2)...21 { #expect(bench.enqueue(.rank(id, user: world.users[1], [world.tweets[0]]))) }
    let answers = try bench.replies()
    #expect(answers.count == 21 && answers.allSatisfy { $0.status == .ok })
    let place = try #require(answers.firstIndex { $0.id == 1 })
    #expect(place >= 10, "the large call was answered after \(place) of 20 small ones")
    #expect(bench.worker.metrics.queue.description.yields >= 100)
  }

  @Test(
    "a large call whose budget is over between chunks, or whose connection ends, is given up; the next one is ranked")
  func givenUp() throws {
    let world = try TestWorld.shared()
    let bench = try bench(world, chunk: 1, policy: BanditPolicy(epsilon: 0), steps: StepSettings())
    let other = Session(id: 2, peer: PeerAddress(userID: 0), worker: bench.worker, nowMillis: 0)
    #expect(bench.enqueue(.rank(1, user: 1, world.tweets), from: other))
    // One turn begins it; it has 400 chunks.
    while bench.worker.ranking == nil { _ = bench.worker.turn() }
    bench.worker.cancelCalls(of: other)
    #expect(bench.worker.ranking == nil && bench.worker.metrics.queue.description.cancelled == 1)
    #expect(bench.enqueue(.rank(2, user: 1, world.tweets, budgetMillis: 1)))
    let expired = try bench.replies()
    #expect(
      expired.map(\.status.code) == [.deadlineExceeded] && !expired[0].status.executed || expired[0].status == .ok)
    #expect(bench.enqueue(.rank(3, user: 1, world.tweets)))
    #expect(try bench.replies().map(\.tweets.count) == [400])
  }

  @Test("the sizes take turns by time, and importance goes first")
  func shares() {
    var share = SizeShare()
    #expect(share.isChunkNext(small: nil, large: .sheddable) && !share.isChunkNext(small: .sheddable, large: nil))
    #expect(!share.isChunkNext(small: .critical, large: .ordinary), "what matters less waits")
    #expect(share.isChunkNext(small: .ordinary, large: .ordinary))
    share.note(isChunk: true, nanos: 100)
    #expect(!share.isChunkNext(small: .ordinary, large: .ordinary))
    share.note(isChunk: false, nanos: 99)
    #expect(!share.isChunkNext(small: .ordinary, large: .critical))
    share.note(isChunk: false, nanos: 1)
    #expect(share.isChunkNext(small: .ordinary, large: .critical))
  }
}
