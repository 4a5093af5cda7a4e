import ServerSupport
import Testing
import Wire

@testable import Serving

@Suite("Phases of calls that are served")
struct ServedPhasesTests {
  private func phases(_ server: RunningServer) -> [Phase: (count: UInt64, sum: UInt64)] {
    let all = PhaseHistograms.merged(server.server.metrics.map(\.phases))
    return Dictionary(uniqueKeysWithValues: zip(Phase.allCases, all.map { ($0.counts.reduce(0, +), $0.sumNanos) }))
  }

  @Test(
    "each call adds once to each phase that it goes through, and the phases are no longer than the call",
    arguments: [1, 2])
  func countsByMethod(workers: Int) throws {
    let world = try TestWorld.shared()
    try withServer(workers: workers) { server in
      let client = try server.connect()
      for id in UInt64(1)...20 {
        #expect(try client.ask(.rank(id, user: world.users[0], Array(world.tweets.prefix(30)))).status.code == .ok)
      }
      for id in UInt64(21)...25 { #expect(try client.ask(.top(id, limit: 3)).status.code == .ok) }
      for id in UInt64(26)...28 { #expect(try client.ask(.record(id, [1])).status.code == .ok) }
      #expect(try client.ask(.rank(29, user: 1, [2], budgetMillis: 0)).status.code == .deadlineExceeded)
      #expect(try client.ask(.describe(30)).status.code == .ok)
      let found = phases(server)
      let counts = found.mapValues(\.count)
      // The call that was over before its turn went through none.
      #expect(counts[.queue] == 29 && counts[.decode] == 29 && counts[.feedback] == 3, "\(counts)")
      #expect(counts[.score] == 25 && counts[.blend] == 20 && counts[.bandit] == 20 && counts[.order] == 20)
      #expect(counts[.remember] == 20 && counts[.encode] == 26 && counts[.call] == 26, "\(counts)")
      // Each reply was awaited before the next call, so none was written together with another.
      #expect((29...30).contains(counts[.write] ?? 0), "\(counts)")
      let parts = [Phase.score, .blend, .bandit, .order, .encode, .remember].map { found[$0]?.sum ?? 0 }.reduce(0, +)
      #expect(parts > 0 && parts <= found[.call]?.sum ?? 0)
    }
  }

  @Test("a call that is ranked in pieces counts once, with the time of all of them and not of what came between")
  func chunkedCalls() throws {
    let world = try TestWorld.shared()
    var limits = Limits()
    limits.chunkCandidates = 8
    try withServer(limits: limits) { server in
      let (large, small) = (try server.connect(), try server.connect())
      for id in UInt64(1)...5 {
        try large.send(.rank(id, user: world.users[0], world.tweets))
        for other in UInt64(1)...4 {
          _ = try small.ask(.rank(id * 10 + other, user: world.users[1], [world.tweets[0]]))
        }
        #expect(try large.reply().status.code == .ok)
      }
      let found = phases(server)
      for phase in [Phase.queue, .decode, .score, .blend, .bandit, .order, .encode, .remember, .call] {
        #expect(found[phase]?.count == 25, "\(phase)")
      }
      let parts = [Phase.score, .blend, .bandit, .order, .encode, .remember].map { found[$0]?.sum ?? 0 }.reduce(0, +)
      #expect(parts > 0 && parts <= found[.call]?.sum ?? 0)
    }
  }

  @Test("calls in flight and open connections are those of now")
  func gauges() throws {
    let gate = Gate()
    try withServer(log: GatedLog(gate: gate)) { server in
      defer { gate.open() }
      let client = try server.connect()
      try client.send([.record(1, [1]), .record(2, [2]), .record(3, [3])])
      // Describe is in flight itself while it is answered.
      func described() throws -> Metrics.Totals {
        _ = try server.connect().ask(.describe(1))
        return Metrics.totals(server.server.metrics)
      }
      try awaitUntil("three calls are in flight") { try described().inFlight == 3 }
      #expect(server.openConnections >= 1)
      // Nobody waits for the answers any more, though the log has not had its say.
      client.reset()
      try awaitUntil("none is") { try described().inFlight == 0 }
    }
  }
}
