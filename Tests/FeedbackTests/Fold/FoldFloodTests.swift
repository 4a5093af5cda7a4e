import Testing

@testable import Feedback

@Suite("Ids of feedback chosen to collide")
struct FoldFloodTests {
  /// splitmix64's finaliser, taken backwards.
  private func unmixed(_ value: UInt64) -> UInt64 {
    func inverse(_ odd: UInt64) -> UInt64 {
      var x = odd
      for _ in 0..<6 { x = x &* (2 &- odd &* x) }
      return x
    }
    func unshifted(_ value: UInt64, _ bits: UInt64) -> UInt64 {
      var x = value
      for _ in 0..<3 { x = value ^ (x >> bits) }
      return x
    }
    var z = unshifted(value, 31) &* inverse(0x94D0_49BB_1331_11EB)
    z = unshifted(z, 27) &* inverse(0xBF58_476D_1CE4_E5B9)
    return unshifted(z, 30)
  }

  /// The longest run of taken places after these ids were put in: it bounds the steps of every look-up.
  private func longestRun(_ ids: [UInt64], seed: UInt64) -> Int {
    let table = PublishedPlaces.make(capacity: 1 << 14, words: 1)
    defer {
      table.pointee.deallocate()
      table.deallocate()
    }
    var taken: Set<Int> = []
    for id in ids {
      let place = table.pointee.place(of: id, seed: seed).index
      table.pointee.ids(at: place).pointee.store(id, ordering: .relaxed)
      taken.insert(place)
    }
    return taken.reduce(0) { longest, place in
      guard !taken.contains(place - 1) else { return longest }
      var end = place
      while taken.contains(end) { end += 1 }
      return max(longest, end - place)
    }
  }

  @Test("tables of tweets in feedback are hardened by a seed: who does not know it cannot make them slow")
  func F30_tweetsOfFeedback() {
    let known: UInt64 = 77
    let flood = (1...5_000).map { unmixed(UInt64($0) << 20 | 5) ^ known }
    #expect(Set(flood).count == 5_000)
    #expect(longestRun(flood, seed: known) == 5_000, "the ids do collide where the seed is known")
    for seed in [1, 2, 3, 0xDEAD_BEEF, UInt64.max] as [UInt64] {
      #expect(longestRun(flood, seed: seed) < 400)
      for shift in UInt64(0)...51 { #expect(longestRun((1...5_000).map { $0 << shift }, seed: seed) < 400) }
    }
  }
}
