import ServerSupport
import Kernels
import Testing
import Wire

@testable import Serving

@Suite("Many clients at once")
struct HammerTests {
  private static let threads = 8
  private static let rounds = 30
  private static let batch = 12

  /// What one client saw.
  private struct Tally: Sendable {
    var sent = 0
    var faults: [String] = []
  }

  @Test("two workers, eight clients, mixed calls: each gets exactly one reply, and nothing is left over")
  func everyCallIsAnsweredOnce() throws {
    let world = try TestWorld.shared()
    let folder = try TemporaryFolder()
    let server = try RunningServer(workers: 2, state: folder.path)
    let port = server.port
    let clients = (0..<Self.threads).map { number in
      Background { try Self.hammer(port: port, world: world, seed: UInt64(number)) }
    }
    let tallies = try clients.map { try $0.join(seconds: 240) }
    for tally in tallies { #expect(tally.faults.isEmpty, "\(tally.faults.prefix(3))") }
    try server.awaitConnections(0)
    let sent = UInt64(tallies.reduce(0) { $0 + $1.sent })
    let totals = Metrics.totals(server.server.metrics)
    #expect(sent == UInt64(Self.threads * Self.rounds * Self.batch))
    #expect(totals.answered + totals.refused == sent)
    // One connection for each of a client's rounds of ten; all that were accepted have been closed.
    #expect(totals.accepted == UInt64(Self.threads * Self.rounds / 10))
    #expect(server.server.metrics.allSatisfy { $0.openConnections == 0 })
    try server.stop()
    #expect(server.openConnections == 0)
  }

  /// Rounds of pipelined calls, each round read to its last reply; every tenth round on a new connection.
  private static func hammer(port: UInt16, world: TestWorld, seed: UInt64) throws -> Tally {
    var generator = SeededGenerator(seed: seed)
    var tally = Tally()
    var client = try Client(port: port)
    for round in 0..<rounds {
      if round > 0, round % 10 == 0 {
        client.halfClose()
        if let more = try client.next() { tally.faults.append("one reply too many: \(more)") }
        client = try Client(port: port)
      }
      let first = UInt64(round * batch + 1)
      let ids = first..<first + UInt64(batch)
      try client.send(ids.map { call($0, world, &generator) })
      tally.sent += batch
      var missing = Set(ids)
      for _ in ids {
        let answer = try client.reply()
        if missing.remove(answer.id) == nil { tally.faults.append("a reply nobody waits for: \(answer)") }
      }
      if !missing.isEmpty { tally.faults.append("no reply to \(missing)") }
    }
    client.halfClose()
    if let more = try client.next() { tally.faults.append("one reply too many: \(more)") }
    return tally
  }

  private static func call(_ id: UInt64, _ world: TestWorld, _ generator: inout SeededGenerator) -> Call {
    let tweet = world.tweets[generator.below(world.tweets.count)]
    switch generator.below(8) {
    case 0: return .record(id, [tweet, tweet + 1], type: UInt8(generator.below(10)))
    case 1: return .similar(id, tweet: tweet, limit: 5)
    case 2: return .similar(id, tweet: 1, text: "birds of summer", limit: 5)
    case 3: return .top(id, order: UInt64(generator.below(2)), limit: 20, includesText: true)
    case 4: return .describe(id)
    case 5: return .recommend(id, user: 3)
    case 6: return Call(id, budgetMillis: 0) { $0.payload(21, []) }
    default:
      let user = world.users[generator.below(world.users.count)]
      return .rank(id, user: user, Array(world.tweets.prefix(1 + generator.below(200))), explains: true)
    }
  }
}
