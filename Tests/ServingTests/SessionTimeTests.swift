import ServerSupport
import Glibc
import Testing
import Wire

@testable import Serving

/// Times are small here and looked at ten times a second; nothing is asserted to be fast.
@Suite("The clocks of a connection")
struct SessionTimeTests {
  /// That a connection says goodbye for this reason and ends; what it said before.
  @discardableResult
  private func expectGoodbye(
    _ client: Client, _ code: StatusCode, _ reason: Reason, last: UInt64, _ location: SourceLocation = #_sourceLocation
  ) throws -> [Answer] {
    let answers = try client.repliesToEnd()
    let goodbyes = answers.filter { $0.goAwayLastCallID != nil }
    #expect(goodbyes.count == 1 && goodbyes.first?.goAwayLastCallID == last, sourceLocation: location)
    #expect(goodbyes.first?.status.code == code && goodbyes.first?.status.reason == reason, sourceLocation: location)
    #expect(goodbyes.first?.status.executed == false, sourceLocation: location)
    return answers.filter { $0.goAwayLastCallID == nil }
  }

  @Test("a connection without a first frame is told so and closed, whether it says nothing or part of a frame")
  func firstFrame() throws {
    var limits = Limits()
    limits.firstFrameMillis = 150
    try withServer(limits: limits) { server in
      let silent = try server.connect()
      let partial = try server.connect()
      try partial.send([0, 0])
      for client in [silent, partial] { try expectGoodbye(client, .deadlineExceeded, .slowFrame, last: 0) }
      try server.awaitConnections(0)
    }
  }

  @Test("after its first frame a connection may be silent for longer than that")
  func firstFrameOnlyOnce() throws {
    var limits = Limits()
    limits.firstFrameMillis = 500
    try withServer(limits: limits) { server in
      let client = try server.connect()
      #expect(try client.ask(.describe(1)).status.code == .ok)
      usleep(1_200_000)
      #expect(try client.ask(.describe(2)).status.code == .ok)
    }
  }

  @Test("a frame that does not complete in time ends the connection, however steadily it trickles")
  func wholeFrame() throws {
    var limits = Limits()
    limits.wholeFrameMillis = 300
    try withServer(limits: limits) { server in
      let stuck = try server.connect()
      try stuck.send(Call.describe(7).frame + Call.describe(8).frame.dropLast())
      #expect(try expectGoodbye(stuck, .deadlineExceeded, .slowFrame, last: 7).map(\.id) == [7])
      let trickling = try server.connect()
      try trickling.send(Call.prefix(100_000))
      let end = ContinuousClock.now + .seconds(20)
      while ContinuousClock.now < end, (try? trickling.send([1])) != nil { usleep(20_000) }
      #expect(ContinuousClock.now < end, "still open after 20 s of trickling")
      try server.awaitConnections(0)
    }
  }

  @Test("an idle connection is told so and closed")
  func idle() throws {
    var limits = Limits()
    limits.idleMillis = 200
    try withServer(limits: limits) { server in
      let client = try server.connect()
      #expect(try client.ask(.describe(1)).status.code == .ok)
      try expectGoodbye(client, .unavailable, .idle, last: 1)
    }
  }

  @Test("a connection that waits for the feedback log is not idle")
  func waitingIsNotIdle() throws {
    var limits = Limits()
    limits.idleMillis = 200
    let gate = Gate()
    try withServer(limits: limits, log: GatedLog(gate: gate)) { server in
      defer { gate.open() }
      let client = try server.connect()
      try client.send(.record(1, [2]))
      try gate.await(arrivals: 1)
      usleep(800_000)
      gate.open()
      #expect(try client.reply().recorded == 1)
    }
  }

  @Test("a frame that can never complete, because the client has half-closed, does not cost it its replies")
  func F10_halfCloseWithinAFrameWhileALogIsSlow() throws {
    var limits = Limits()
    limits.wholeFrameMillis = 100
    let gate = Gate()
    try withServer(limits: limits, log: GatedLog(gate: gate)) { server in
      defer { gate.open() }
      let client = try server.connect()
      try client.send(Call.record(1, [2]).frame + [0, 0, 1])
      client.halfClose()
      try gate.await(arrivals: 1)
      usleep(800_000)
      gate.open()
      let answers = try client.repliesToEnd()
      #expect(answers.map(\.id) == [1] && answers.first?.recorded == 1, "\(answers)")
    }
  }

  @Test("a client that reads nothing is reset when a write has waited too long")
  func writeStall() throws {
    var limits = Limits()
    limits.writeStallMillis = 300
    try withServer(limits: limits) { server in
      let client = try server.connect(receiveBufferBytes: 4_096)
      #expect(try client.ask(.describe(1)).status.code == .ok)
      try client.send((1...600).map { .top($0, limit: 400, includesText: true) })
      try server.awaitConnections(0)
      #expect(try client.repliesToEnd().count < 600)
    }
  }
}
