import EventLoop
import Testing
import Wire

@testable import Serving

@Suite("Deadlines")
struct DeadlineTests {
  @Test("a budget of 0 leaves nothing, a budget that has passed neither, one that has not leaves the rest")
  func edges() {
    let now = Loop.monotonicNanos()
    #expect(Deadline(arrivedNanos: now, budgetMillis: 0).isOver)
    #expect(Deadline(arrivedNanos: now, budgetMillis: 0).endNanos == now)
    #expect(Deadline(arrivedNanos: now - 5_000_000, budgetMillis: 5).isOver)
    #expect(!Deadline(arrivedNanos: now, budgetMillis: 600_000).isOver)
    #expect(Deadline(arrivedNanos: now, budgetMillis: .max).endNanos == now + UInt64(UInt32.max) * 1_000_000)
    #expect(!Deadline(arrivedNanos: now, budgetMillis: .max).isOver)
  }

  @Test("budgets are clamped to the limits, except that 0 stays 0 and an absent one is the default")
  func clamping() {
    var limits = Limits()
    (limits.defaultBudgetMillis, limits.minimumBudgetMillis, limits.maximumBudgetMillis) = (200, 5, 1_000)
    let expected: [(UInt32?, UInt32)] = [
      (nil, 200), (0, 0), (1, 5), (4, 5), (5, 5), (6, 6), (999, 999), (1_000, 1_000), (1_001, 1_000), (.max, 1_000),
    ]
    for (requested, granted) in expected {
      #expect(limits.budgetMillis(requested: requested) == granted, "\(requested as Any)")
    }
  }

  @Test("elapsed times are whole microseconds, 0 for clocks that seem to go back, and cut to what a reply can carry")
  func micros() {
    #expect(Deadline.micros(from: 1_000, to: 1_999) == 0)
    #expect(Deadline.micros(from: 1_000, to: 2_000) == 1)
    #expect(Deadline.micros(from: 2_000, to: 1_000) == 0)
    #expect(Deadline.micros(from: 0, to: .max) == .max)
    #expect(Deadline(arrivedNanos: Loop.monotonicNanos() - 7_000_000, budgetMillis: 0).elapsedMicros >= 7_000)
  }
}
