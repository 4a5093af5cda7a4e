import ServerSupport
import Testing
import Wire

@testable import Serving

@Suite("Pings")
struct PingTests {
  @Test("a ping is answered, and pings between other calls are never too many")
  func pings() throws {
    try withServer { server in
      let client = try server.connect()
      for id in UInt64(1)...20 {
        let pong = try client.ask(.ping(2 * id))
        #expect(pong.isPong && pong.status.code == .ok)
        #expect(try client.ask(.describe(2 * id + 1)).status.code == .ok)
      }
    }
  }

  @Test(
    "pings alone, one after the other, end the connection at the third that comes too soon", arguments: [false, true])
  func F13_pingFlood(pipelined: Bool) throws {
    var limits = Limits()
    // However busy the machine is, they come sooner than this.
    limits.pingMillis = 600_000
    try withServer(limits: limits) { server in
      let client = try server.connect()
      #expect(try client.ask(.describe(1)).status.code == .ok)
      if pipelined {
        try client.send((2...50).map { Call.ping($0) })
      } else {
        for id in UInt64(2)...4 { #expect(try client.ask(.ping(id)).isPong) }
        try client.send(.ping(5))
      }
      let answers = try client.repliesToEnd()
      let goodbyes = answers.filter { $0.goAwayLastCallID != nil }
      #expect(goodbyes.count == 1 && goodbyes.first?.status.reason == .tooManyPings)
      #expect(goodbyes.first?.status.code == .resourceExhausted)
      #expect(answers.contains { $0.isPong })
    }
  }

  @Test("strikes are of pings that follow each other too soon, and are cleared by a call or by patience")
  func strikes() {
    let limits = Limits()
    var pings = PingStrikes()
    func come(_ times: [UInt64]) -> [Bool] { times.map { pings.ping(nowMillis: $0, limits: limits) } }
    #expect(come([0, 999, 1_998, 2_997]) == [false, false, false, true])
    pings.clear()
    #expect(come([2_998, 2_999, 3_000]) == [false, false, false])
    #expect(come([4_000, 4_999, 5_998, 6_997]) == [false, false, false, true])
    pings.clear()
    #expect(!come((0..<100).map { 10_000 + $0 * 1_000 }).contains(true))
  }
}
