import ServerSupport
import EventLoop
import Glibc
import Testing
import Wire

@testable import Serving

/// Clients that do not read their replies, or not yet.
@Suite("Clients that read late")
struct BackpressureTests {
  private static let calls = 400

  /// Small marks, and time to wait.
  private var limits: Limits {
    var limits = Limits()
    (limits.writeHighWaterBytes, limits.writeLowWaterBytes) = (8_000, 1_000)
    limits.writeHardBytes = limits.writeHighWaterBytes + Limits.framePrefixBytes + 60_000
    limits.writeStallMillis = 120_000
    return limits
  }

  /// Replies of tens of kilobytes: all together many times what the kernel holds for a connection.
  private func largeCalls(_ ids: ClosedRange<UInt64>) -> [Call] {
    ids.map { .top($0, limit: 400, includesText: true) }
  }

  private func answered(_ server: RunningServer) -> UInt64 { Metrics.totals(server.server.metrics).answered }

  /// Waits until the server, which has one worker, answers another client and nobody else, many times in a row.
  ///
  /// The worker takes calls in order: what waited before the other client's call has been answered, or put off.
  private func awaitStall(_ server: RunningServer) throws {
    let other = try server.connect()
    var (last, still) = (UInt64(0), 0)
    try awaitUntil("the server answers no more", last: { "\(last) answered" }) {
      usleep(5_000)
      _ = try other.ask(.describe(1))
      let now = answered(server)
      still = now == last + 1 ? still + 1 : 0
      last = now
      return still == 20
    }
    other.close()
    try server.awaitConnections(1)
  }

  @Test("a client that reads late is answered up to high water, and the rest, in full, as it reads")
  func F08_highAndLowWater() throws {
    try withServer(limits: limits) { server in
      let client = try server.connect(receiveBufferBytes: 4_096)
      try client.send(largeCalls(1...UInt64(Self.calls)))
      try awaitStall(server)
      let held = answered(server)
      #expect(held < Self.calls / 2, "the server answers what nobody reads")
      // Others are served.
      #expect(try server.describe().tweets == 400)
      let answers = try client.replies(Self.calls)
      #expect(answers.map(\.id).sorted() == (1...UInt64(Self.calls)).map { $0 })
      #expect(answers.allSatisfy { $0.status.code == .ok && $0.tweets.count == 400 })
      #expect(try client.ask(.describe(1)).status.code == .ok)
    }
  }

  @Test("a call that waited for its client to read, and longer than its budget, is not executed")
  func deferredCallsExpire() throws {
    var limits = limits
    limits.callsInFlight = 1_000
    try withServer(limits: limits) { server in
      let client = try server.connect(receiveBufferBytes: 4_096)
      try client.send(largeCalls(1...UInt64(Self.calls)) + [.top(1_000, budgetMillis: 5)])
      try awaitStall(server)
      let answers = try client.replies(Self.calls + 1)
      let late = try #require(answers.first { $0.id == 1_000 })
      // It may be foreseen that its turn comes too late.
      let isForeseen = late.status.reason == .overloaded
      #expect(isForeseen || late.status.code == .deadlineExceeded && late.queueMicros > 5_000, "\(late.status)")
      #expect(!late.status.executed)
      #expect(answers.filter { $0.status.code == .ok }.count == Self.calls)
    }
  }

  @Test("replies that cannot wait, those of the feedback log, reset the connection over the hard limit")
  func F08_hardLimit() throws {
    var limits = limits
    limits.callsInFlight = 10_000
    let gate = Gate()
    try withServer(limits: limits, log: GatedLog(gate: gate)) { server in
      defer { gate.open() }
      let client = try server.connect(receiveBufferBytes: 4_096)
      // Their replies, of about twenty bytes each, are together more than the hard limit.
      try client.send((1...4_000).map { .record($0, [1]) })
      try client.send(largeCalls(10_000...10_400))
      try awaitStall(server)
      gate.open()
      try server.awaitConnections(0)
      #expect(try client.repliesToEnd().count < 4_000)
    }
  }

  @Test("a client that goes away while its calls are deferred leaves nothing behind", arguments: [1, 40])
  func goingAwayWhileDeferred(clients: Int) throws {
    try withServer(limits: limits, workers: 2) { server in
      var all: [Client] = []
      for _ in 0..<clients {
        let client = try server.connect(receiveBufferBytes: 4_096)
        try client.send(largeCalls(1...60))
        all.append(client)
      }
      try awaitUntil("something is answered") { answered(server) > 0 }
      for client in all { client.close() }
      try server.awaitConnections(0)
    }
  }
}
