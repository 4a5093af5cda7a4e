import Kernels
import Testing

@testable import Ranking

@Suite("Ids seen in a call")
struct SeenIDsTests {
  /// Names `ids` one by one in a call of its own and compares each answer with a Set's.
  private static func check(_ seen: inout SeenIDs, _ ids: [UInt64], expecting: Int?) {
    var plain: Set<UInt64> = []
    seen.begin(expecting: expecting)
    let expected = ids.map { plain.insert($0).inserted }
    let got = ids.map { seen.insert($0) }
    #expect(got == expected)
  }

  @Test("a Set says the same in hundreds of calls in a row", arguments: [0, 1, 1 << 63, UInt64.max, 12345])
  func matchesSet(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var seen = SeenIDs(capacity: 100, seed: seed)
    let special: [UInt64] = [0, .max, seed, ~seed, 1, 1 << 63]
    for call in 0..<400 {
      let count = generator.below(101)
      let range = 1 + generator.below(150)
      let ids = (0..<count).map { _ in
        generator.below(4) == 0 ? special[generator.below(special.count)] : UInt64(generator.below(range)) << 40
      }
      Self.check(&seen, ids, expecting: call % 3 == 0 ? nil : count)
    }
  }

  @Test("ids that all fall on one slot are told apart, also round the table's end", arguments: [0, 99, UInt64.max])
  func collisions(seed: UInt64) {
    for slot: UInt64 in [0, 9, 15, 63, 255, (1 << 31) - 1] {
      var seen = SeenIDs(capacity: 128, seed: seed)
      let ids = CollidingIDs.make(128, slot: slot, seed: seed)
      #expect(Set(ids).count == 128)
      Self.check(&seen, ids, expecting: 128)
      Self.check(&seen, Array(ids[..<64]) + ids[..<64], expecting: 128)
      Self.check(&seen, Array(ids[..<8]), expecting: 8)
      Self.check(&seen, ids.reversed(), expecting: nil)
    }
  }

  @Test("the whole-list insertion gives the distinct ids and their first places", arguments: 0..<20)
  func bulk(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var seen = SeenIDs(capacity: 64, seed: seed)
    for _ in 0..<20 {
      let count = generator.below(65)
      let ids = (0..<count).map { _ in generator.below(9) == 0 ? UInt64.max : UInt64(generator.below(50)) }
      var distinct = [UInt64](repeating: 0, count: count + 1)
      var places = [UInt32](repeating: 0, count: count + 1)
      seen.begin(expecting: count)
      let found = ids.withUnsafeBufferPointer { seen.insert($0, distinct: &distinct, places: &places) }
      let firsts = ids.indices.filter { ids.firstIndex(of: ids[$0]) == $0 }
      #expect(Array(places[..<found]) == firsts.map { UInt32($0) })
      #expect(Array(distinct[..<found]) == firsts.map { ids[$0] })
      let areNew = ids.map { seen.insert($0) }
      #expect(!areNew.contains(true))
    }
  }

  @Test("when the counter of calls comes round, ids of the first calls do not look seen")
  func counterComesRound() {
    var seen = SeenIDs(capacity: 16, seed: 7)
    let ids = (0..<8).map { UInt64($0) &* 1_000_003 }
    Self.check(&seen, ids, expecting: nil)
    #expect(seen.call == 1)
    // As if all the calls in between had named nothing: the slots still hold the number of the first call.
    seen.call = .max
    for call: UInt32 in 1...3 {
      Self.check(&seen, ids + ids, expecting: nil)
      #expect(seen.call == call)
    }
    seen.call = .max - 1
    for _ in 0..<3 { Self.check(&seen, ids + ids, expecting: nil) }
  }
}
