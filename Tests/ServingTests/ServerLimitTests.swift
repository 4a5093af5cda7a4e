import ServerSupport
import Testing
import Wire

@testable import Serving

@Suite("What all connections share")
struct ServerLimitTests {
  @Test("a connection over the cap is told so and closed, and there is room again when one has gone")
  func connectionsCap() throws {
    var limits = Limits()
    limits.connections = 3
    try withServer(limits: limits, workers: 2) { server in
      let clients = try (1...3).map { _ in try server.connect() }
      for client in clients { #expect(try client.ask(.describe(1)).status.code == .ok) }
      for _ in 0..<5 {
        let goodbyes = try server.connect().repliesToEnd()
        #expect(goodbyes.count == 1 && goodbyes.first?.goAwayLastCallID == 0)
        #expect(goodbyes.first?.status.reason == .connectionLimit && goodbyes.first?.status.executed == false)
      }
      #expect(server.openConnections == 3)
      #expect(try clients[0].ask(.describe(2)).description?.connectionsAccepted == 3)
      clients[1].close()
      try server.awaitConnections(2)
      #expect(try server.connect().ask(.describe(1)).status.code == .ok)
      clients[0].close()
      clients[2].close()
      try server.awaitConnections(0)
    }
  }

  @Test("one client may have so many connections, and others although it has them")
  func connectionsOfOneClient() throws {
    var limits = Limits()
    limits.connectionsPerAddress = 2
    let folder = try TemporaryFolder()
    let path = folder.file("socket")
    try withServer(limits: limits, configure: { $0.otherAddresses = ["unix:\(path)"] }) { server in
      let clients = try (1...2).map { _ in try server.connect() }
      for client in clients { #expect(try client.ask(.describe(1)).status.code == .ok) }
      #expect(try server.connect().repliesToEnd().map(\.status.reason) == [.connectionLimit])
      // A user of this machine is another client.
      let local = try Client(path: path)
      let description = try #require(try local.ask(.describe(1)).description)
      #expect(description.connectionsOpen == 3 && description.connectionsRefused == 1)
      local.close()
      for client in clients { client.close() }
      try server.awaitConnections(0)
    }
  }

  @Test("connections are dealt to the worker that has fewest", arguments: [2, 3])
  func dealtEvenly(workers: Int) throws {
    try withServer(workers: workers) { server in
      var clients: [Client] = []
      let open = { server.server.metrics.map(\.openConnections) }
      for round in 1...4 {
        for _ in 0..<workers {
          clients.append(try server.connect())
          #expect(try clients.last?.ask(.describe(1)).status.code == .ok)
        }
        #expect(open() == Array(repeating: round, count: workers))
      }
      // Those of one round lie on different workers: after two of one worker have gone, it gets the next two.
      clients[0].close()
      clients[workers].close()
      try server.awaitConnections(4 * workers - 2)
      #expect(open().min() == 2)
      for _ in 0..<2 {
        clients.append(try server.connect())
        #expect(try clients.last?.ask(.describe(1)).status.code == .ok)
      }
      #expect(open() == Array(repeating: 4, count: workers))
    }
  }

  @Test("calls over the run queue's bound are refused with a time to wait, and the connection stays")
  func queueFullOfCalls() throws {
    var limits = Limits()
    (limits.queuedCalls, limits.badMessagesPer10Seconds) = (4, 3)
    try withServer(limits: limits) { server in
      let client = try server.connect()
      try expectRefusals(client, { .describe($0) }, taken: 4, waiting: 4)
      #expect(try client.ask(.describe(50)).status.code == .ok)
    }
  }

  @Test("payload bytes over the run queue's bound are refused likewise")
  func queueFullOfBytes() throws {
    var limits = Limits()
    limits.queuedCallBytes = 1_000
    try withServer(limits: limits) { server in
      try expectRefusals(server.connect(), { Call.describe($0).padded(to: 400) }, taken: 2, waiting: 2)
    }
  }

  /// Ten calls that arrive together, of which the queue takes some.
  private func expectRefusals(
    _ client: Client, _ call: (UInt64) -> Call, taken: Int, waiting: Int, _ location: SourceLocation = #_sourceLocation
  ) throws {
    try client.send((UInt64(1)...10).map { call($0) })
    let answers = try client.replies(10).sorted { $0.id < $1.id }
    #expect(answers.map(\.id) == Array(1...10), sourceLocation: location)
    #expect(answers.prefix(taken).allSatisfy { $0.status.code == .ok }, sourceLocation: location)
    for answer in answers.dropFirst(taken) {
      #expect(
        answer.status
          == ReplyStatus(
            .resourceExhausted, reason: .queueFull, message: "\(waiting) calls wait", retryAfterMillis: 100),
        sourceLocation: location)
    }
  }

  @Test("Describe's counters move as connections and calls come")
  func counters() throws {
    let world = try TestWorld.shared()
    try withServer(workers: 2) { server in
      let client = try server.connect()
      let first = try #require(try client.ask(.describe(1)).description)
      #expect(first.serverVersion == "tests" && first.modelVersion == world.model.version)
      #expect(first.users == 40 && first.tweets == 400 && first.workers == 2 && first.callsInFlight == 64)
      #expect(first.connectionsAccepted == 1 && first.callsAnswered == 0 && first.callsRefused == 0)
      for id in UInt64(2)...4 { #expect(try client.ask(.top(id)).status.code == .ok) }
      #expect(try client.ask(Call(5) { _ in }).status.code == .unimplemented)
      #expect(try client.ask(Call(payload: [0xFF])).status.code == .invalidArgument)
      #expect(try client.ask(.record(6, [1, 2])).recorded == 2)
      // Another connection, which the other worker gets, sees the sums.
      let other = try server.connect()
      let second = try #require(try other.ask(.describe(7)).description)
      #expect(second.connectionsAccepted == 2 && second.callsAnswered == 5 && second.callsRefused == 2)
      #expect(second.eventsRecorded == 2)
    }
  }
}
