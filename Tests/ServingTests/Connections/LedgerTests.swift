import ServerSupport
import EventLoop
import Testing
import Wire

@testable import Serving

@Suite("Who has how many connections")
struct LedgerTests {
  private func client(_ number: Int) -> PeerAddress { PeerAddress(userID: UInt32(number)) }

  @Test("never are more open than the caps allow, and never is one refused that they allow")
  func F12_capsHold() {
    var limits = Limits()
    (limits.connections, limits.connectionsPerAddress) = (20, 6)
    let ledger = ConnectionLedger(limits: limits)
    var dice = Dice(12)
    var open: [Int] = []
    for _ in 0..<20_000 {
      let who = dice.below(8)
      if dice.below(2) == 0, !open.isEmpty {
        ledger.left(client(open.remove(at: dice.below(open.count))), cancelledCalls: 0, nowMillis: 0)
      } else {
        let own = open.count { $0 == who }
        let expected: ConnectionLedger.Verdict = open.count == 20 ? .full : own == 6 ? .tooManyOfClient : .admitted
        #expect(ledger.admit(client(who), nowMillis: 0) == expected)
        if expected == .admitted { open.append(who) }
      }
      #expect(ledger.counters.open == open.count)
    }
  }

  @Test("who ends too many connections with calls in flight is turned away until that is ten seconds ago")
  func F12_cancels() {
    var limits = Limits()
    limits.cancelsPer10Seconds = 5
    let ledger = ConnectionLedger(limits: limits)
    func comeAndGo(_ who: Int, cancels: Int, at now: UInt64) -> ConnectionLedger.Verdict {
      let verdict = ledger.admit(client(who), nowMillis: now)
      if verdict == .admitted { ledger.left(client(who), cancelledCalls: cancels, nowMillis: now) }
      return verdict
    }
    for now in UInt64(1_000)..<1_005 { #expect(comeAndGo(1, cancels: 3, at: now) == .admitted) }
    #expect(comeAndGo(1, cancels: 0, at: 1_005) == .tooManyCancels)
    #expect(comeAndGo(1, cancels: 0, at: 10_999) == .tooManyCancels)
    #expect(comeAndGo(2, cancels: 0, at: 10_999) == .admitted, "others have done nothing")
    #expect(comeAndGo(1, cancels: 0, at: 11_000) == .admitted)
    #expect(ledger.counters.callsCancelled == 15 && ledger.counters.refused == 2)
    // Who ends connections without calls in flight may do so at any rate.
    for _ in 0..<1_000 { #expect(comeAndGo(3, cancels: 0, at: 20_000) == .admitted) }
  }

  @Test("wrong tokens count for a minute")
  func F77_failuresPerMinute() {
    let limits = Limits()
    let ledger = ConnectionLedger(limits: limits)
    for _ in 0..<limits.tokenFailuresPerMinute {
      #expect(ledger.admit(client(1), nowMillis: 500) == .admitted)
      ledger.countTokenFailure(client(1), nowMillis: 500)
      ledger.left(client(1), cancelledCalls: 0, nowMillis: 500)
    }
    #expect(ledger.admit(client(1), nowMillis: 60_499) == .tooManyTokenFailures)
    #expect(ledger.admit(client(1), nowMillis: 60_500) == .admitted)
  }

  @Test("offenders from ever new addresses do not make the table grow beyond its bound")
  func F12_manyOffenders() {
    var limits = Limits()
    (limits.connections, limits.rememberedAddresses, limits.tokenFailuresPerMinute) = (10, 50, 1)
    let ledger = ConnectionLedger(limits: limits)
    #expect(ledger.admit(client(0), nowMillis: 0) == .admitted)
    for number in 1...10_000 {
      #expect(ledger.admit(client(number), nowMillis: 1) == .admitted)
      ledger.countTokenFailure(client(number), nowMillis: 1)
      ledger.left(client(number), cancelledCalls: 0, nowMillis: 1)
      #expect(ledger.knownClients <= 60)
    }
    #expect(ledger.counters.open == 1, "a connection that is open is not forgotten")
    ledger.left(client(0), cancelledCalls: 0, nowMillis: 1)
    #expect(ledger.counters.open == 0)
  }
}
