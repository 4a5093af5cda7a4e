import Testing

@testable import Serving

@Suite("Loops that stand still")
struct StallDetectorTests {
  private let milli: UInt64 = 1_000_000

  /// Looks every 100 ms from 1 s on, with ticks as `tick` says; what was found, by the time of the look in milliseconds.
  private func watch(
    _ detector: inout StallDetector, untilMillis: UInt64, tick: (_ nowMillis: UInt64) -> [UInt64]
  ) -> [UInt64: [StallDetector.Finding]] {
    var found: [UInt64: [StallDetector.Finding]] = [:]
    for now in stride(from: UInt64(1_000), through: untilMillis, by: 100) {
      let findings = detector.look(atNanos: now * milli, ticks: tick(now).map { $0 * milli })
      if !findings.isEmpty { found[now] = findings }
    }
    return found
  }

  @Test("a loop that has not turned for half a second is reported once, and again when it goes on")
  func F76_aStallIsReportedOnce() {
    var detector = StallDetector(workers: 2)
    let found = watch(&detector, untilMillis: 6_000) { now in
      // The second loop stands still from 2 s to 4 s.
      [now, (2_000..<4_000).contains(now) ? 2_000 : now]
    }
    #expect(found.keys.sorted() == [2_500, 4_000])
    #expect(found[2_500] == [.began(worker: 1, nanos: 500 * milli)])
    #expect(found[4_000] == [.ended(worker: 1, nanos: 2_000 * milli)])
    #expect(!detector.isStalled)
  }

  @Test("a loop that does not run is not watched; one that never turns once it runs is")
  func F76_onlyRunningLoops() {
    var detector = StallDetector(workers: 1)
    #expect(watch(&detector, untilMillis: 5_000) { _ in [0] }.isEmpty)
    detector = StallDetector(workers: 1)
    #expect(watch(&detector, untilMillis: 5_000) { _ in [1_000] }.keys.sorted() == [1_500])
    #expect(detector.isStalled)
  }

  @Test("where the whole process stood still no loop is to blame")
  func F76_aStoppedProcess() {
    var detector = StallDetector(workers: 1)
    #expect(watch(&detector, untilMillis: 1_400) { [$0] }.isEmpty)
    // SIGSTOP for five seconds: the looks stood still too.
    #expect(detector.look(atNanos: 6_400 * milli, ticks: [1_400 * milli]).isEmpty)
    #expect(detector.look(atNanos: 6_500 * milli, ticks: [1_400 * milli]).isEmpty)
    #expect(detector.look(atNanos: 6_600 * milli, ticks: [6_550 * milli]).isEmpty)
    // From then on its time counts as ever.
    for now in stride(from: UInt64(6_700), to: 7_050, by: 100) {
      #expect(detector.look(atNanos: now * milli, ticks: [6_550 * milli]).isEmpty)
    }
    #expect(detector.look(atNanos: 7_100 * milli, ticks: [6_550 * milli]).count == 1)
  }

  @Test("after as long as the operator waits, a loop is given up")
  func F76_hopeless() {
    var detector = StallDetector(workers: 1, hopelessNanos: 2_000 * milli)
    let found = watch(&detector, untilMillis: 3_050) { _ in [1_000] }
    #expect(found[3_000] == [.hopeless(worker: 0, nanos: 2_000 * milli)])
    #expect(found.keys.sorted() == [1_500, 3_000])
  }
}
