import ServerSupport
import Synchronization
import Testing

@testable import Serving

@Suite("Serving when memory is short")
struct MemoryServingTests {
  /// The memory that a server believes to have in use.
  private final class FakeMemory: Sendable {
    private let permille = Atomic<UInt64>(0)

    func set(percent: Double) { permille.store(UInt64(percent * 10), ordering: .relaxed) }

    func read() -> MemoryProbe.Reading {
      let used = permille.load(ordering: .relaxed) * 1_000
      return MemoryProbe.Reading(
        residentBytes: used,
        shares: [.init(usedBytes: 1, limitBytes: 1_000), .init(usedBytes: used, limitBytes: 1_000_000)])
    }
  }

  @Test("each level does what it must, and no more; when memory is there again all is as ever")
  func F45_levelsAreServed() throws {
    let world = try TestWorld.shared()
    let memory = FakeMemory()
    let server = try RunningServer(probe: { memory.read() })
    defer { try? server.stop() }
    let gauge = server.server.metrics[0].memory
    let old = try server.connect()
    var id: UInt64 = 0
    func rank() throws -> Answer {
      id += 1
      return try old.ask(.rank(id, user: world.users[0], Array(world.tweets.prefix(10))))
    }
    func move(to percent: Double, _ level: MemoryPressure) throws {
      memory.set(percent: percent)
      try awaitUntil("the level is \(level)") { gauge.pressure == level }
    }
    func expectNewcomer(served: Bool) throws {
      let client = try server.connect()
      try? client.send(.describe(1))
      let answers = try client.isGone ? [] : (served ? [client.reply()] : client.repliesToEnd())
      if served {
        #expect(answers.map(\.status.code) == [.ok])
      } else {
        // A reset may have taken the notice with it.
        #expect(answers.allSatisfy { $0.goAwayLastCallID == 0 && $0.status.reason == .memory })
      }
    }

    #expect(try rank().status.code == .ok)
    try move(to: 86, .shrinking)
    #expect(try rank().status.code == .ok)
    try expectNewcomer(served: true)
    try move(to: 93, .refusingConnections)
    #expect(try rank().status.code == .ok)
    try expectNewcomer(served: false)
    try move(to: 96, .refusingRankings)
    let refused = try rank().status
    #expect(refused.code == .resourceExhausted && refused.reason == .memory)
    #expect(refused.retryAfterMillis > 0 && !refused.executed)
    #expect(try old.ask(.recommend(1_000, user: world.users[0])).status.reason == .memory)
    #expect(try old.ask(.record(1_001, [5])).status.code == .ok, "feedback is still taken")
    #expect(try old.ask(.describe(1_002)).status.code == .ok)
    try move(to: 92, .refusingConnections)
    #expect(try rank().status.code == .ok)
    try move(to: 50, .calm)
    try expectNewcomer(served: true)
    #expect(try rank().status.code == .ok)
  }
}
