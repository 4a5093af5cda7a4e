import ServerSupport
import Testing

@testable import Stores

/// The parts that decide about time, each with a clock of the test's.
@Suite struct BreakerTests {
  @Test("A breaker opens after timeouts in a row, probes after a while, and closes by an answer")
  func breakerLife() {
    var breaker = CircuitBreaker(timeouts: 3, firstMillis: 100, lastMillis: 350)
    breaker.didTimeOut(nowMillis: 1)
    breaker.didTimeOut(nowMillis: 2)
    breaker.didAnswer()
    breaker.didTimeOut(nowMillis: 3)
    breaker.didTimeOut(nowMillis: 4)
    #expect(breaker.isClosed)
    breaker.didTimeOut(nowMillis: 5)
    #expect(breaker.state == .open(untilMillis: 105) && breaker.openings == 1 && breaker.openedAtMillis == 5)
    breaker.didTimeOut(nowMillis: 6)
    #expect(breaker.state == .open(untilMillis: 105))
    var early = breaker
    let began = early.beginProbe(nowMillis: 104)
    #expect(!began)
    // Each probe without an answer doubles the wait, up to a bound.
    var now: UInt64 = 105
    for wait in [200, 350, 350] as [UInt64] {
      let first = breaker.beginProbe(nowMillis: now)
      let second = breaker.beginProbe(nowMillis: now)
      #expect(first && !second && breaker.state == .halfOpen && !breaker.isClosed)
      breaker.didTimeOut(nowMillis: now + 10)
      #expect(breaker.state == .open(untilMillis: now + 10 + wait))
      now += 10 + wait
    }
    let last = breaker.beginProbe(nowMillis: now)
    breaker.didAnswer()
    #expect(last && breaker.isClosed && breaker.openings == 1)
    breaker.didStall(nowMillis: 5_000)
    #expect(breaker.state == .open(untilMillis: 5_100) && breaker.openings == 2)
  }

  @Test("Under a Redis that stalls the breaker is open within 200 ms, whatever the load and the patience")
  func F47_theBreakerOpensWithin200Millis() {
    let settings = RedisSettings()
    for (everyMillis, timeoutMillis) in [(1, 10), (20, 10), (7, 1_000), (1_000, 10), (1_000, 5)] as [(UInt64, UInt64)] {
      var breaker = CircuitBreaker(
        timeouts: settings.breakerTimeouts, firstMillis: settings.breakerFirstMillis,
        lastMillis: settings.breakerLastMillis)
      // Long patience means waiting that long; a caller in a hurry is not.
      let timeout = min(timeoutMillis, settings.stallMillis)
      var pending = PendingCommands(stallMillis: settings.stallMillis)
      let begin: UInt64 = 1_000_000
      for now in begin...(begin + 1_000) where breaker.isClosed {
        if (now - begin) % everyMillis == 0 { pending.append(nowMillis: now, timeoutMillis: timeout) { _ in } }
        for _ in pending.expire(nowMillis: now) { breaker.didTimeOut(nowMillis: now) }
        if let stalls = pending.stallsAtMillis, stalls <= now { breaker.didStall(nowMillis: now) }
      }
      #expect((breaker.openedAtMillis ?? .max) - begin <= 200, "\(everyMillis) \(timeoutMillis)")
    }
  }

  @Test("Pending commands: answered in order, expired once, kept in place after that; against a plain model")
  func pendingModel() {
    struct Plain {
      let id: Int
      let deadline: UInt64
      var isTold = false
    }
    for seed in 0..<20 as Range<UInt64> {
      var dice = Dice(seed)
      var pending = PendingCommands(stallMillis: 50)
      var plain: [Plain] = []
      var told: [Int] = []
      var expected: [Int] = []
      var now: UInt64 = 0
      for id in 0..<2_000 {
        now += UInt64(dice.below(3))
        switch dice.below(6) {
        case 0...2:
          let timeout = UInt64(dice.below(40))
          pending.append(nowMillis: now, timeoutMillis: timeout) { _ in told.append(id) }
          plain.append(Plain(id: id, deadline: now + timeout))
        case 3...4:
          let first = pending.removeFirst(nowMillis: now)
          first?(.failure(.timeout))
          if !plain.isEmpty {
            let first = plain.removeFirst()
            if !first.isTold { expected.append(first.id) }
          }
        default:
          for completion in pending.expire(nowMillis: now) { completion(.failure(.timeout)) }
          for index in plain.indices where !plain[index].isTold && plain[index].deadline <= now {
            plain[index].isTold = true
            expected.append(plain[index].id)
          }
        }
        let count = pending.count
        #expect(count == plain.count)
      }
      for completion in pending.removeAll() { completion(.failure(.closed)) }
      expected += plain.filter { !$0.isTold }.map(\.id)
      let isEmpty = pending.isEmpty
      #expect(told == expected && isEmpty)
    }
  }

  @Test("A pipeline that is long but moves does not stall; one that stands still does")
  func stallNeedsStandstill() {
    var pending = PendingCommands(stallMillis: 150)
    for _ in 0..<100 { pending.append(nowMillis: 0, timeoutMillis: 10) { _ in } }
    for now in stride(from: 100, through: 1_000, by: 100) as StrideThrough<UInt64> {
      let stalls = pending.stallsAtMillis ?? 0
      #expect(stalls > now)
      _ = pending.removeFirst(nowMillis: now)
    }
    let stalls = pending.stallsAtMillis
    #expect(stalls == 1_150)
  }

  @Test("Waits between attempts are drawn from 1 to a ceiling that doubles from 50 ms to 2 s, the same for a seed")
  func backoff() {
    var ceilings = [UInt64](repeating: 0, count: 10)
    for seed in 0..<400 as Range<UInt64> {
      var backoff = Backoff(settings: RedisSettings(), seed: seed)
      var same = Backoff(settings: RedisSettings(), seed: seed)
      for index in ceilings.indices {
        let wait = backoff.nextMillis()
        let again = same.nextMillis()
        #expect(wait == again && wait >= 1)
        ceilings[index] = max(ceilings[index], wait)
      }
      backoff.reset()
      let first = backoff.nextMillis()
      #expect(first <= 50)
    }
    for (index, ceiling) in ([50, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000, 2_000] as [UInt64]).enumerated() {
      #expect(ceilings[index] <= ceiling && ceilings[index] > ceiling * 9 / 10, "\(index): \(ceilings[index])")
    }
  }
}
