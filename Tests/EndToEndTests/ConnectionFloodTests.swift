import EventLoop
import Glibc
import ServerSupport
import Testing

/// Many connections at once, most of them no good. Every test raises what a client may have: here all is one client.
@Suite("Crowds of connections, over real sockets", .serialized)
struct ConnectionFloodTests {
  private static let crowd = ["--connections", "12000", "--connections-per-address", "12000"]

  /// Many descriptors for this process; throws where the system does not allow them.
  private func raiseLimit(to wanted: Int) throws {
    let limit = DescriptorLimit.raise(to: wanted)
    guard limit >= wanted else { throw TestFailure("ulimit -n \(limit)") }
  }

  private func openConnections(_ server: ServerProcess) throws -> UInt64 {
    try RawClient(port: server.port).ask(.describe(1)).described.connectionsOpen
  }

  @Test("ten thousand idle connections take little memory, and all of them are served")
  func F19_tenThousandIdleConnections() throws {
    let count = 10_000
    try raiseLimit(to: count + 500)
    let sample = try SampleModel.shared()
    let server = try ServerProcess(Self.crowd)
    try expectToServe(server)
    let before = server.residentBytes
    var clients: [RawClient] = []
    for _ in 0..<count {
      let client = try RawClient(port: server.port, timeoutSeconds: 60)
      // Before all are there, the first would have been silent for too long.
      #expect(try client.ask(CallMessage(1, .ping)).code == .ok)
      clients.append(client)
    }
    // Each makes a call of some kilobytes with an answer of some kilobytes: idle is who was busy. Rankings would be
    // remembered for feedback, whose connection ever they came over.
    let padding = MessageWriter.make { $0.payload(100, [UInt8](repeating: 7, count: 4_000)) }
    let top = CallMessage(2, budgetMillis: 1_000, .top(order: 0, limit: 300, includesText: true))
    let call = Frame.of(top.payload + padding)
    for first in stride(from: 0, to: count, by: 50) {
      for client in clients[first..<first + 50] { try client.send(call) }
      for client in clients[first..<first + 50] { #expect(try client.readReply().code == .ok) }
    }
    #expect(try openConnections(server) == UInt64(count) + 1)
    let growth = server.residentBytes - before
    #expect(growth < (Executables.areSanitized ? 640 : 64) << 20, "\(growth >> 10) KiB for \(count) connections")
    // Then load, from any of them.
    for client in clients.prefix(200) + clients.suffix(200) {
      #expect(try client.ask(.rank(3, user: sample.users[1], sample.candidates(20))).code == .ok)
    }
    for client in clients { client.close() }
    try server.awaitUntil("all are gone") { try openConnections(server) == 1 }
    try expectToServe(server)
    #expect(try server.stop() == 0)
  }

  @Test("a crowd of tricklers is ended, each with the reason, and others are served meanwhile")
  func F06_aCrowdOfTricklers() throws {
    let sample = try SampleModel.shared()
    try raiseLimit(to: 1_500)
    try withServer(Self.crowd) { server in
      let tricklers = try (0..<500).map { _ in try RawClient(port: server.port, timeoutSeconds: 60) }
      for client in tricklers { try client.send(Frame.prefix(60_000) + [8]) }
      var served = 0
      let end = ContinuousClock.now + .seconds(60 * Executables.patience)
      while tricklers.contains(where: { !$0.isGone }), ContinuousClock.now < end {
        for client in tricklers where !client.isGone { _ = client.sendWithoutWaiting([1][...]) }
        let answer = try RawClient(port: server.port).ask(.rank(1, user: sample.users[0], sample.candidates(20)))
        #expect(answer.code == .ok)
        served += 1
        usleep(100_000)
      }
      #expect(served > 5 && tricklers.allSatisfy(\.isGone))
      for client in tricklers {
        let (replies, _) = try client.readToEnd()
        #expect(replies.count <= 1 && replies.allSatisfy { $0.reason == .slowFrame })
      }
    }
  }

  @Test("a crowd that connects and says nothing is sent away")
  func F07_aSilentCrowd() throws {
    try raiseLimit(to: 3_000)
    try withServer(Self.crowd) { server in
      let silent = try (0..<2_000).map { _ in try RawClient(port: server.port, timeoutSeconds: 60) }
      for client in silent {
        let (replies, ending) = try client.readToEnd()
        #expect(replies.map(\.reason) == [.slowFrame] && ending == .closed)
      }
      try server.awaitUntil("none is left") { try openConnections(server) == 1 }
    }
  }

  @Test("a burst of connections is taken up whole, while others are served")
  func F21_aBurstOfConnections() throws {
    let sample = try SampleModel.shared()
    try raiseLimit(to: 6_000)
    try withServer(Self.crowd) { server in
      let steady = try RawClient(port: server.port)
      #expect(try steady.ask(.describe(1)).code == .ok)
      var burst: [RawClient] = []
      for round in 0..<50 {
        for _ in 0..<100 {
          burst.append(try RawClient(port: server.port, timeoutSeconds: 60))
          try burst.last?.send(.describe(1))
        }
        let answer = try steady.ask(.rank(UInt64(round) + 2, user: sample.users[0], sample.candidates(100)))
        #expect(answer.code == .ok || answer.isTooBusy, "\(answer)")
      }
      // A machine that cannot answer so many in time says so; none is left without a reply.
      for client in burst {
        let reply = try client.readReply()
        #expect(reply.code == .ok || reply.isTooBusy, "\(reply)")
      }
      #expect(try steady.ask(.describe(1_000)).code == .ok)
    }
  }

  @Test("a server without descriptors tells further connections so, serves those that it has, and does not spin")
  func F20_noDescriptorsLeft() throws {
    let sample = try SampleModel.shared()
    let server = try ServerProcess(Self.crowd, under: ["/usr/bin/prlimit", "--nofile=120:120"])
    var admitted: [RawClient] = []
    var refused = 0
    for number in 0..<200 {
      let client = try RawClient(port: server.port)
      try client.send(.describe(UInt64(number) + 1))
      switch try client.readFrame(seconds: 20) {
      case .success(let payload):
        let reply = try ReplyMessage(payload)
        if reply.goAwayLastCallID != nil {
          #expect(reply.reason == .connectionLimit)
          refused += 1
        } else {
          #expect(reply.code == .ok)
          admitted.append(client)
        }
      // What it had sent already made a reset of the close.
      case .failure: refused += 1
      }
    }
    #expect(admitted.count > 50 && refused > 50, "\(admitted.count) admitted, \(refused) refused")
    let processor = server.processorSeconds
    usleep(1_000_000)
    #expect(server.processorSeconds - processor < 0.5, "nothing happens, and it works all the same")
    for (index, client) in admitted.enumerated() {
      let call = CallMessage.rank(900, user: sample.users[index % 5], sample.candidates(20))
      #expect(try client.ask(call).code == .ok)
      // The log's file was opened before.
      let events = EventsMessage(users: [1], tweets: [2], types: [1])
      #expect(try client.ask(CallMessage(901, .record(events))).code == .ok)
    }
    admitted.removeAll()
    try server.awaitUntil("there is room again") {
      let client = try RawClient(port: server.port)
      try client.send(.describe(1))
      guard case .success(let payload) = try client.readFrame(seconds: 20) else { return false }
      return try ReplyMessage(payload).code == .ok
    }
    try expectToServe(server)
    #expect(try server.stop() == 0)
  }
}
