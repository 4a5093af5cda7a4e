import ServerSupport
import Testing
import Wire

@testable import Serving

@Suite("What one connection may do")
struct SessionLimitTests {
  @Test("more calls than may be in flight are all answered, each once", arguments: [1, 2, 5, 64])
  func pipeliningOverTheCap(cap: Int) throws {
    var limits = Limits()
    limits.callsInFlight = cap
    let world = try TestWorld.shared()
    try withServer(limits: limits) { server in
      let client = try server.connect()
      let calls = (UInt64(1)...300).map { id in
        id % 3 == 0 ? Call.record(id, [id]) : .rank(id, user: world.users[0], Array(world.tweets.prefix(5)))
      }
      try client.send(calls)
      let answers = try client.replies(300)
      #expect(answers.map(\.id).sorted() == Array(1...300))
      #expect(answers.allSatisfy { $0.status.code == .ok })
    }
  }

  @Test("after a half-close all that was sent is answered, under the smallest caps")
  func F10_halfCloseUnderSmallCaps() throws {
    var limits = Limits()
    (limits.callsInFlight, limits.writeHighWaterBytes, limits.writeLowWaterBytes) = (2, 2_000, 10)
    try withServer(limits: limits) { server in
      let client = try server.connect(receiveBufferBytes: 4_096)
      try client.send((1...100).map { .top($0, limit: 100, includesText: true) })
      client.halfClose()
      let answers = try client.repliesToEnd()
      #expect(answers.map(\.id).sorted() == Array(1...100))
    }
  }

  @Test("at the cap no further call is taken up until one is answered")
  func cappedByCalls() throws {
    var limits = Limits()
    limits.callsInFlight = 2
    try expectThirdCallToWait(limits, record: { .record($0, [1]) })
  }

  @Test("when the payloads in flight fill a frame's limit no further call is taken up until one is answered")
  func cappedByBytes() throws {
    var limits = Limits()
    limits.frameBytes = 1_000
    #expect(limits.payloadBytesInFlight == 1_000)
    try expectThirdCallToWait(limits, record: { .record($0, [1]).padded(to: 600) })
  }

  /// Two calls wait for the log; a third that could be answered at once must not overtake them.
  private func expectThirdCallToWait(_ limits: Limits, record: (UInt64) -> Call) throws {
    let gate = Gate()
    try withServer(limits: limits, log: GatedLog(gate: gate)) { server in
      defer { gate.open() }
      let client = try server.connect()
      try client.send([record(1), record(2), .describe(3)])
      try gate.await(arrivals: 1)
      // Another connection of the same worker is served meanwhile.
      for _ in 0..<20 { _ = try server.describe() }
      gate.open()
      let ids = try client.replies(3).map(\.id)
      #expect(ids.first != 3 && ids.sorted() == [1, 2, 3], "\(ids)")
      // The account is even again: the same works once more.
      try client.send([record(1), record(2), .describe(3)])
      #expect(try client.replies(3).map(\.id).sorted() == [1, 2, 3])
    }
  }

  @Test("a call id in flight is refused, the first call is unaffected, and the id is free again afterwards")
  func F15_duplicateCallID() throws {
    let gate = Gate()
    try withServer(log: GatedLog(gate: gate)) { server in
      defer { gate.open() }
      let client = try server.connect()
      try client.send([.record(5, [1]), .describe(5), .describe(6)])
      let answers = try client.replies(2)
      let refused = try #require(answers.first { $0.id == 5 })
      #expect(refused.status.code == .invalidArgument && refused.status.reason == .callID)
      #expect(refused.status.message.contains("call id 5") && !refused.status.executed)
      #expect(answers.contains { $0.id == 6 && $0.status.code == .ok })
      gate.open()
      #expect(try client.reply().recorded == 1)
      #expect(try client.ask(.describe(5)).status.code == .ok)
    }
  }

  @Test("a call whose id stands behind a thousand unknown fields is refused and does not keep its place in flight")
  func F22_idBehindManyFields() throws {
    var limits = Limits()
    limits.callsInFlight = 2
    try withServer(limits: limits) { server in
      let client = try server.connect()
      let padding = MessageWriter.make { writer in for _ in 0..<1_100 { writer.varint(90, 1) } }
      for id in UInt64(1)...5 {
        let refused = try client.ask(Call(payload: padding + Call.record(id, [9]).payload))
        #expect(refused.id == id && refused.status.code == .invalidArgument && refused.status.reason == .callID)
      }
      client.halfClose()
      #expect(try client.repliesToEnd().isEmpty)
      try server.awaitConnections(0)
    }
  }

  @Test("a frame over the limit ends the connection with its length and the limit; one of the limit is taken")
  func frameTooLarge() throws {
    var limits = Limits()
    limits.frameBytes = 500
    try withServer(limits: limits) { server in
      let client = try server.connect()
      let padded = Call.describe(1).padded(to: 500)
      #expect(padded.payload.count == 500)
      #expect(try client.ask(padded).status.code == .ok)
      try client.send(Call.prefix(501))
      let answers = try client.repliesToEnd()
      #expect(answers.count == 1 && answers[0].goAwayLastCallID == 1 && answers[0].status.reason == .frameTooLarge)
      #expect(answers[0].status.message.contains("501") && answers[0].status.message.contains("500"))
    }
  }
}
