import ServerSupport
import Glibc
import Testing

@Suite("Going down, over real sockets")
struct WireDrainTests {
  @Test("F73: SIGTERM while calls are in flight: what was taken up is answered, a goodbye says how far, exit code 0")
  func F73_aDrainAnswersWhatWasTakenUp() throws {
    let sample = try SampleModel.shared()
    let server = try ServerProcess(["--workers", "2"])
    var rank = RankMessage(user: sample.users[0], tweets: sample.tweets)
    rank.explains = true
    let clients = try (0..<4).map { _ in try RawClient(port: server.port) }
    let idle = try RawClient(port: server.port)
    #expect(try idle.ask(.describe(1)).code == .ok)
    let calls = 200
    for client in clients {
      for id in UInt64(1)...UInt64(calls) { try client.send(CallMessage(id, budgetMillis: 1_000, .rank(rank))) }
    }
    let first = try clients.map { try $0.readReply().id }
    server.signal(SIGTERM)
    for (client, first) in zip(clients, first) {
      let (before, goodbye) = try expectGoodbye(client, .draining)
      let last = try #require(goodbye.goAwayLastCallID)
      // The first reply was read above; every call up to the last one taken up has one, and a later call if it was refused
      // because there was too much to do.
      let answered = Set(before.map(\.id) + [first])
      #expect(answered.count == before.count + 1 && answered.isSuperset(of: 1...last), "\(last) taken up: \(answered)")
      for reply in before where reply.code != .ok && reply.code != .deadlineExceeded {
        #expect(reply.code == .resourceExhausted && reply.reason == .overloaded && !reply.isExecuted)
      }
      #expect(before.allSatisfy { $0.id <= last || $0.reason == .overloaded })
      #expect(goodbye.code == .unavailable && goodbye.retryAfterMillis > 0)
    }
    let (before, goodbye) = try expectGoodbye(idle, .draining)
    #expect(before.isEmpty && goodbye.goAwayLastCallID == 1)
    #expect(try server.wait() == 0, "\(server.standardError)")
    #expect(server.standardError.contains("drained"))
  }

  @Test("F74: while it drains the server takes no new connection, and a second signal ends it at once")
  func F74_aSecondSignalEndsADrain() throws {
    let sample = try SampleModel.shared()
    let server = try ServerProcess()
    // A client that reads nothing holds the drain up.
    let client = try RawClient(port: server.port, receiveBufferBytes: 4_096)
    var rank = RankMessage(user: sample.users[0], tweets: sample.tweets)
    rank.includesText = true
    for id in UInt64(1)...100 { _ = client.sendWithoutWaiting(CallMessage(id, .rank(rank)).frame[...]) }
    usleep(useconds_t(500_000 * Executables.patience))
    server.signal(SIGTERM)
    usleep(200_000)
    #expect(throws: (any Error).self) { try RawClient(port: server.port).ask(.describe(1)) }
    #expect(server.isRunning)
    let start = ContinuousClock.now
    server.signal(SIGTERM)
    #expect(try server.wait() == 0, "\(server.standardError)")
    #expect((ContinuousClock.now - start) / .seconds(1) < 2 * Executables.patience)
  }

  @Test("F74: a client that reads nothing does not hold a drain up for ever")
  func F74_aDrainIsBounded() throws {
    let sample = try SampleModel.shared()
    let server = try ServerProcess()
    let client = try RawClient(port: server.port, receiveBufferBytes: 4_096)
    var rank = RankMessage(user: sample.users[0], tweets: sample.tweets)
    rank.includesText = true
    for id in UInt64(1)...100 { _ = client.sendWithoutWaiting(CallMessage(id, .rank(rank)).frame[...]) }
    usleep(useconds_t(300_000 * Executables.patience))
    #expect(try server.stop(seconds: 12) == 0, "\(server.standardError)")
  }
}
