import Feedback
import Foundation
import Ranking
import ServerSupport
import Testing
import Wire

@testable import Serving

/// What reload requests came to, in order.
private final class Outcomes: @unchecked Sendable {
  private let lock = NSLock()
  private var all: [String: Result<Reloaded, ReloadError>] = [:]

  func completion(_ name: String) -> Reloader.Completion {
    { result in
      self.lock.withLock { self.all[name] = result }
    }
  }

  /// Waits for one.
  func of(_ name: String) throws -> Result<Reloaded, ReloadError> {
    try awaitUntil("request \(name) has come to something") { lock.withLock { all[name] != nil } }
    return try #require(lock.withLock { all[name] })
  }
}

extension RunningServer {
  /// Serves the model in a file, and returns when it does.
  fileprivate func serve(_ path: String) throws -> Reloaded {
    let outcomes = Outcomes()
    server.reloader.request(
      ReloadRequest(source: .file(path: path), isPatient: false), completion: outcomes.completion("it"))
    return try outcomes.of("it").get()
  }
}

@Suite("Models that change while serving")
struct ReloadServingTests {
  private let world: TestWorld

  init() throws { world = try TestWorld.shared() }

  /// Calls with all the memory that is a model's: rankings, lists, similar tweets.
  private func answers(_ client: Client, first id: UInt64) throws -> [Answer] {
    try [
      client.ask(.rank(id, user: world.users[3], Array(world.tweets.prefix(50)), explains: true)),
      client.ask(.recommend(id + 1, user: world.users[4], limit: 20)),
      client.ask(.similar(id + 2, tweet: world.tweets[9], limit: 20)),
    ]
  }

  @Test("F57: two workers change again and again while clients ask: every answer is one model's")
  func F57_workersChange() throws {
    let server = try RunningServer(workers: 2, now: .model)
    var expected: [String: [[Float]]] = [:]
    for path in [world.otherPath, world.path] {
      let version = try server.serve(path).modelVersion
      expected[version] = try answers(server.connect(), first: 1).map { $0.scores + $0.similarities }
    }
    #expect(expected.count == 2 && Set(expected.values).count == 2)
    let port = server.port
    let clients = (0..<3).map { _ in
      Background { [expected] in
        let client = try Client(port: port)
        var seen: Set<String> = []
        var id: UInt64 = 1
        while seen.count < 2 || id < 300 {
          let got = try answers(client, first: id)
          id += 3
          for (answer, place) in zip(got.prefix(2), 0...) {
            seen.insert(answer.modelVersion)
            guard answer.scores == expected[answer.modelVersion]?[place] else {
              throw TestFailure("\(answer) is no answer of one model")
            }
          }
        }
      }
    }
    for round in 0..<30 { _ = try server.serve(round % 2 == 0 ? world.otherPath : world.path) }
    // Clients go on until they have seen both.
    _ = try server.serve(world.otherPath)
    for client in clients { try client.join(seconds: 240) }
    try server.stop()
  }

  @Test("F59: a later request ends the wait for an unfinished file, equal ones share an outcome, none is left without")
  func F59_latestCounts() throws {
    let server = try RunningServer()
    let folder = try TemporaryFolder()
    let outcomes = Outcomes()
    let reloader = server.server.reloader
    let absent = ReloadRequest(source: .file(path: folder.file("absent")), isPatient: true)
    let other = ReloadRequest(source: .file(path: world.otherPath), isPatient: false)
    reloader.request(absent, completion: outcomes.completion("absent"))
    reloader.request(other, completion: outcomes.completion("first"))
    reloader.request(other, completion: outcomes.completion("second"))
    #expect(try outcomes.of("first").get().modelVersion == world.other.version)
    #expect(try outcomes.of("second").get().modelVersion == world.other.version)
    guard case .failure(.superseded) = try outcomes.of("absent") else { throw TestFailure("it was not superseded") }
    // The model in memory that it began with has no file to go back to.
    reloader.request(ReloadRequest(source: .previous, isPatient: false), completion: outcomes.completion("back"))
    guard case .failure(.noPrevious) = try outcomes.of("back") else { throw TestFailure("back to what?") }
    reloader.request(absent, completion: outcomes.completion("waits"))
    server.server.stop()
    guard case .failure(.closing) = try outcomes.of("waits") else { throw TestFailure("it was not told") }
    try server.stop()
    reloader.request(other, completion: outcomes.completion("late"))
    guard case .failure(.closing) = try outcomes.of("late") else { throw TestFailure("it is too late") }
  }

  @Test("lists made beforehand are those of the model that is served, also of one that came while the store was asked")
  func listsFollow() throws {
    let user = world.users[2]
    let store = MemoryStore()
    var lists: [UInt64: StoredRecommendations] = [:]
    for model in [world.model, world.other] {
      let hash = StoredRecommendations.modelHash(version: model.version)
      let list = StoredRecommendations(
        modelHash: hash, madeAtSeconds: 77, tweetIDs: Array(world.tweets.suffix(40)),
        scores: .init(repeating: 0, count: 40))
      lists[hash] = list
      store.put(StoredRecommendations.key(modelHash: hash, userID: user), list.bytes)
    }
    var limits = Limits()
    limits.storeMillis = 60_000
    let server = try RunningServer(limits: limits, store: store)
    let client = try server.connect()
    for (path, version) in [(world.otherPath, world.other.version), (world.path, world.model.version)] {
      #expect(try server.serve(path).modelVersion == version)
      let answer = try client.ask(.recommend(1, user: user))
      #expect(answer.recommendation?.source == "precomputed" && answer.modelVersion == version, "\(answer)")
      let key = StoredRecommendations.key(
        modelHash: StoredRecommendations.modelHash(version: version), userID: user)
      #expect(store.asked.last == key)
    }
    for (hash, list) in lists {
      let fetched = list.bytes.withUnsafeBytes { FetchedList(.found($0)) }
      let own = fetched.list(ofModel: hash)
      #expect(own.list?.bytes == list.bytes && own.reason == ComputeReason.none)
      let foreign = fetched.list(ofModel: hash &+ 1)
      #expect(foreign.list == nil && foreign.reason == .staleModel)
    }
    try server.stop()
  }

  @Test("a model that cannot take the steps that the server was told to take is refused")
  func steps() throws {
    let folder = try TemporaryFolder()
    let server = try RunningServer(learning: LearningRates())
    let classic = folder.file("classic.safetensors")
    try world.writeClassic(to: classic)
    #expect(throws: ReloadError.self) { try server.serve(classic) }
    #expect(server.server.reloader.status.lastError.contains("learn"), "\(server.server.reloader.status)")
    #expect(try server.describe().modelVersion == world.model.version)
    try server.stop()
  }
}
