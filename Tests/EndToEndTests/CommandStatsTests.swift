import Foundation
import ServerSupport
import Testing

/// What `apus stats --json` prints.
struct StatsOutput: Decodable {
  struct Phase: Decodable {
    let phase: String
    let count: Int
    let perSecond: Double
    let mean: Double
    let p50: Double
    let p90: Double
    let p99: Double
    let p999: Double
    let max: Double
  }
  let phases: [Phase]
  let intervalSeconds: Double
  let answeredPerSecond: Double
  let openConnections: Int
  let callsInFlight: Int
  let residentBytes: UInt64
  let memoryLimitBytes: UInt64
  let memoryPressure: String
  let loopStalls: Int
  let droppedLogLines: Int

  /// How many durations a phase has.
  func count(_ phase: String) -> Int { phases.first { $0.phase == phase }?.count ?? -1 }
}

@Suite("apus stats")
struct CommandStatsTests {
  private func rank(_ server: ServerProcess, _ count: Int) throws {
    let sample = try SampleModel.shared()
    let client = try RawClient(port: server.port)
    for id in 1...UInt64(count) {
      #expect(try client.ask(.rank(id, user: sample.users[1], sample.candidates(20))).code == .ok)
    }
  }

  @Test("one look shows what each phase has taken since the start")
  func once() throws {
    try withServer { server in
      try rank(server, 25)
      try server.record("like", tweet: "1")
      let stats: StatsOutput = try server.answer(["stats", "--once"])
      for phase in ["score", "blend", "bandit", "order", "remember"] { #expect(stats.count(phase) == 25, "\(phase)") }
      #expect(stats.count("feedback") == 1 && stats.count("call") == 25 && stats.count("queue") >= 26)
      for phase in stats.phases where phase.count > 0 {
        let ascending = [phase.p50, phase.p90, phase.p99, phase.p999, phase.max]
        #expect(ascending == ascending.sorted() && phase.p50 > 0 && phase.mean <= phase.max, "\(phase)")
      }
      #expect(stats.residentBytes > 1 << 20 && stats.openConnections >= 1 && stats.callsInFlight >= 1)
      #expect(stats.memoryPressure == "calm" && stats.answeredPerSecond > 0)

      let table = try server.ask(["stats", "--once"])
      #expect(table.status == 0, "\(table)")
      for word in ["answered/s", "calls in flight", "p99.9", "\nscore ", "\nfeedback "] {
        #expect(table.stdout.contains(word), "\(word) is not in \(table.stdout)")
      }
      #expect(!table.stdout.contains("\u{1B}"), "what is no terminal gets plain lines")
    }
  }

  @Test("look after look, the intervals add up to all that was")
  func intervals() throws {
    try withServer { server in
      let stats = try ChildProcess(
        Executables.path("apus"), ["stats", "--server", server.address, "--interval", "10ms", "--json"])
      func looks() throws -> [StatsOutput] {
        // The last line may not be whole.
        try stats.standardOutput.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
          try JSONDecoder().decode(StatsOutput.self, from: Data($0.utf8))
        }
      }
      for round in 1...4 {
        try rank(server, 30)
        try awaitUntil("all calls were seen", last: { "\(stats.standardOutput.suffix(2_000))" }) {
          try looks().map { $0.count("score") }.reduce(0, +) >= 30 * round
        }
      }
      stats.signal(SIGINT)
      _ = try stats.wait()
      #expect(try looks().map { $0.count("score") }.reduce(0, +) == 120)
      #expect(try looks().count >= 4)
    }
  }

  @Test("arguments that make no sense, and a server that is not there, are refused")
  func refusals() throws {
    for interval in ["0s", "-1s", "1 fortnight", "", "5ms", "2h", "1e9s"] {
      let result = try runCommand(["stats", "--interval=\(interval)"])
      #expect(result.status == 64 && result.stderr.contains("--interval"), "\(interval): \(result)")
    }
    expectRefusal(try runCommand(["stats", "--once", "--address", "127.0.0.1:1"]), status: 69, "127.0.0.1:1")
  }
}
