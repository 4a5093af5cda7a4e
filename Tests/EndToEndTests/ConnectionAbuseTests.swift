import Glibc
import ServerSupport
import Testing

@Suite("Single connections that do what they should not, over real sockets")
struct ConnectionAbuseTests {
  @Test("pings alone, as fast as they come, end the connection; pings beside calls do not")
  func F13_pingFlood() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let flood = try RawClient(port: server.port)
      // They come together, so that no clock of a busy machine can put a second between them.
      try flood.send((1...UInt64(60)).flatMap { CallMessage($0, .ping).frame })
      let (before, goodbye) = try expectGoodbye(flood, .tooManyPings)
      #expect(goodbye.code == .resourceExhausted && before.allSatisfy { $0.code == .ok } && before.count >= 4)
      let user = try RawClient(port: server.port)
      for id in UInt64(1)...20 {
        #expect(try user.ask(CallMessage(2 * id, .ping)).code == .ok)
        #expect(try user.ask(.rank(2 * id + 1, user: sample.users[0], sample.candidates(5))).code == .ok)
      }
    }
  }

  @Test("a client that reads a kibibyte a second is cut off, and disturbs no other")
  func F09_aSlowReaderIsCutOff() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      var rank = RankMessage(user: sample.users[0], tweets: sample.tweets)
      rank.includesText = true
      let frames = (1...UInt64(64)).flatMap { CallMessage($0, budgetMillis: 1_000, .rank(rank)).frame }
      // What the first rankings touch for the first time, every ranking touches.
      let usual = try RawClient(port: server.port)
      for id in UInt64(1)...64 { #expect(try usual.ask(CallMessage(id, .rank(rank))).code == .ok) }
      let resident = server.residentBytes
      let slow = try RawClient(port: server.port, receiveBufferBytes: 4_096, timeoutSeconds: 60)
      try slow.send(frames)
      let start = ContinuousClock.now
      var served = 0
      while !slow.isGone, ContinuousClock.now - start < .seconds(60 * Executables.patience) {
        slow.readSome(100)
        try expectToServe(server)
        served += 1
        usleep(100_000)
      }
      #expect(slow.isGone && ContinuousClock.now - start > .seconds(4.5) && served > 10)
      #expect(server.residentBytes - resident < (Executables.areSanitized ? 64 : 8) << 20)
    }
  }

  @Test("calls whose connection is gone are counted, and nothing of them stays")
  func F11_lostCalls() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let call = CallMessage.rank(1, user: sample.users[0], sample.candidates(300)).frame
      for _ in 0..<100 {
        let client = try RawClient(port: server.port)
        try client.send((0..<20).flatMap { _ in call })
        client.reset()
      }
      try server.awaitUntil("only who asks is there") {
        try RawClient(port: server.port).ask(.describe(1)).described.connectionsOpen == 1
      }
    }
  }
}
