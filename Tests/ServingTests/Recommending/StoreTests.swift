import Ranking
import ServerSupport
import Testing
import Wire

@testable import Serving

@Suite("Recommend with a store")
struct StoreTests {
  private let world: TestWorld
  private let user: UInt64

  init() throws {
    world = try TestWorld.shared()
    user = world.users[2]
  }

  private var key: String { StoredRecommendations.key(modelHash: hash, userID: user) }
  private var hash: UInt64 { StoredRecommendations.modelHash(version: world.model.version) }

  /// The best of another server's answer, backwards: the order in a list has no say.
  private func list(_ count: Int = 30, modelHash: UInt64? = nil) throws -> StoredRecommendations {
    let bench = try WorkerBench()
    let best = try bench.answer(.recommend(1, user: user, limit: UInt64(count))).answer.tweets
    return StoredRecommendations(
      modelHash: modelHash ?? hash, madeAtSeconds: 1_234_567, tweetIDs: best.reversed(),
      scores: best.map { _ in 0 })
  }

  private func expectComputed(_ answer: Answer, _ reason: ComputeReason, limit: Int = 10) {
    #expect(answer.status.code == .ok && answer.tweets.count == limit, "\(answer)")
    #expect(answer.recommendation?.source == "computed" && answer.recommendation?.reason == reason, "\(answer)")
    #expect(answer.recommendation?.madeAt == 0)
  }

  @Test("a list is ranked anew, without what may not be shown", arguments: [0, 2])
  func hit(delayMillis: UInt64) throws {
    let store = MemoryStore(delayMillis == 0 ? .atOnce : .after(delayMillis))
    var list = try list()
    list.tweetIDs.insert(987_654_321, at: 0)
    list.scores.insert(5, at: 0)
    store.put(key, list.bytes)
    var limits = Limits()
    limits.storeMillis = 60_000
    try withServer(limits: limits, store: store) { server in
      let client = try server.connect()
      let answer = try client.ask(.recommend(1, user: user, limit: 20))
      let told = try #require(answer.recommendation)
      #expect(told.source == "precomputed" && told.reason == ComputeReason.none && told.madeAt == 1_234_567)
      #expect(told.candidates == 30 && answer.tweets.count == 20 && answer.requestID != 0)
      let ranked = try client.ask(.rank(2, user: user, Array(list.tweetIDs.dropFirst())))
      #expect(answer.tweets == Array(ranked.tweets.prefix(20)))
      #expect(store.asked == [key])
    }
  }

  @Test("without a list, with one of another model and with any garbage the server finds tweets itself")
  func misses() throws {
    let store = MemoryStore()
    var limits = Limits()
    limits.storeMillis = 60_000
    let bytes = try list().bytes
    let stale = try list(modelHash: 1).bytes
    try withServer(limits: limits, store: store) { server in
      let client = try server.connect()
      expectComputed(try client.ask(.recommend(1, user: user)), .miss)
      store.put(key, stale)
      expectComputed(try client.ask(.recommend(1, user: user)), .staleModel)
      for length in stride(from: 0, to: bytes.count, by: 7) {
        store.put(key, Array(bytes.prefix(length)))
        expectComputed(try client.ask(.recommend(1, user: user)), .damaged)
      }
      store.put(key, Array("WRONGTYPE Operation against a key".utf8))
      expectComputed(try client.ask(.recommend(1, user: user)), .damaged)
      store.answer(.down)
      expectComputed(try client.ask(.recommend(1, user: user)), .storeDown)
      store.answer(.twice)
      store.put(key, bytes)
      #expect(try client.ask(.recommend(1, user: user)).recommendation?.source == "precomputed")
    }
  }

  @Test("a list that is too short for the limit is filled up, its tweets among the ranked")
  func shortLists() throws {
    let store = MemoryStore()
    store.put(key, try list(5).bytes)
    try withServer(store: store) { server in
      let client = try server.connect()
      #expect(try client.ask(.recommend(1, user: user, limit: 5)).recommendation?.source == "precomputed")
      expectComputed(try client.ask(.recommend(2, user: user, limit: 6)), .short, limit: 6)
    }
  }

  @Test("a store that never answers costs its time, not the call; neither does one whose answers come too late")
  func silence() throws {
    let store = MemoryStore(.never)
    store.put(key, try list().bytes)
    try withServer(store: store) { server in
      let client = try server.connect()
      // All wait at once, and meanwhile the worker answers others.
      try client.send((UInt64(1)...40).map { .recommend($0, user: user) } + [.describe(50)])
      let answers = try client.replies(41)
      #expect(Set(answers.map(\.id)) == Set(1...40).union([50]))
      for answer in answers where answer.id != 50 { expectComputed(answer, .timeout) }
      store.answer(.after(60))
      for id in UInt64(1)...10 { expectComputed(try client.ask(.recommend(id, user: user)), .timeout) }
      try awaitUntil("the late answers have come") { store.answeredLate == 10 }
      store.answer(.atOnce)
      #expect(try client.ask(.recommend(1, user: user)).recommendation?.source == "precomputed")
    }
  }

  @Test("calls of clients that left while they waited are dropped when the store answers")
  func leaving() throws {
    var limits = Limits()
    limits.storeMillis = 60_000
    let store = MemoryStore(.after(100))
    try withServer(limits: limits, store: store) { server in
      let leaving = try server.connect()
      try leaving.send((UInt64(1)...5).map { .recommend($0, user: user) })
      try awaitUntil("the store was asked") { store.asked.count == 5 }
      leaving.close()
      try server.awaitConnections(0)
    }
  }

  @Test("a server that is told twice to end does not wait for the store")
  func ending() throws {
    var limits = Limits()
    limits.storeMillis = 60_000
    let store = MemoryStore(.never)
    let server = try RunningServer(limits: limits, store: store)
    let waiting = try server.connect()
    try waiting.send(.recommend(1, user: user))
    try awaitUntil("the store was asked") { store.asked.count == 1 }
    server.server.stop()
    server.server.stop()
    try server.stop()
  }

  @Test("a call whose budget ends while it waits is told so")
  func expiry() throws {
    var limits = Limits()
    (limits.storeMillis, limits.maximumBudgetMillis) = (60_000, 30)
    let bench = try WorkerBench(limits: limits)
    let (outcome, answer) = try bench.answer(.recommend(1, user: user), agoMillis: 31)
    #expect(outcome == .expired && answer.status.code == .deadlineExceeded && !answer.status.executed)
  }
}
