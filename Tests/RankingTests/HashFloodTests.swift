import Kernels
import Testing

@testable import Ranking

/// Work is counted, not timed: the longest run of neighbouring slots that are taken bounds the steps of every look-up.
@Suite("Ids chosen to collide")
struct HashFloodTests {
  /// The x with `odd · x = 1` modulo 2^64, by Newton's iteration.
  private func inverse(_ odd: UInt64) -> UInt64 {
    var x = odd
    for _ in 0..<6 { x = x &* (2 &- odd &* x) }
    return x
  }

  /// Ids that a set of this seed puts into one slot: its hash, taken backwards.
  private func crafted(_ count: Int, seed: UInt64) -> [UInt64] {
    (0..<UInt64(count)).map { number in
      let mixed = (99 << 33 | number) &* inverse(seed | 1)
      return ((mixed ^ mixed >> 32) &* inverse(0x9E37_79B9_7F4A_7C15)) ^ seed
    }
  }

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
    let flood = crafted(5_000, seed: known)
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
