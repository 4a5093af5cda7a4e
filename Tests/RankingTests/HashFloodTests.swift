import Kernels
import Testing

@testable import Ranking

/// Work is counted, not timed: the longest run of neighbouring slots that are taken bounds the steps of every look-up.
@Suite("Ids chosen to collide")
struct HashFloodTests {
  /// The longest run of taken slots after a call has named these ids.
  private func longestRun(_ ids: [UInt64], seed: UInt64) -> Int {
    var seen = SeenIDs(capacity: ids.count, seed: seed)
    seen.begin(expecting: ids.count)
    let slots = Set(ids.map { seen.slot(of: $0).slot })
    return slots.reduce(0) { longest, slot in
      // Each run is measured from where it begins.
      guard !slots.contains(slot - 1) else { return longest }
      var end = slot
      while slots.contains(end) { end += 1 }
      return max(longest, end - slot)
    }
  }

  @Test("without the seed nobody can choose ids that meet in one slot: neither those of another seed nor any pattern")
  func F30_candidatesOfACall() {
    let known: UInt64 = 0x1234_5678_9ABC_DEF1
    let flood = CollidingIDs.make(5_000, slot: 99, seed: known)
    #expect(Set(flood).count == 5_000)
    #expect(longestRun(flood, seed: known) == 5_000, "the ids do collide where the seed is known")
    var generator = SeededGenerator(seed: 30)
    for _ in 0..<20 {
      let seed = generator.next()
      #expect(longestRun(flood, seed: seed) < 400)
      for shift in UInt64(0)...51 {
        #expect(longestRun((0..<5_000).map { $0 << shift }, seed: seed) < 400, "multiples of 2^\(shift)")
      }
    }
  }
}
