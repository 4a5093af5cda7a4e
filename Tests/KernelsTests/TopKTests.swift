import Testing

@testable import Kernels

@Suite("The best few")
struct TopKTests {
  private static func select(_ scores: [Float], _ keys: [UInt64], k: Int) -> [UInt32] {
    var order = [UInt32](repeating: 9999, count: min(max(k, 0), scores.count) + 1)
    scores.withUnsafeBufferPointer { scores in
      keys.withUnsafeBufferPointer { TopK.select(scores: scores, keys: $0, k: k, into: &order) }
    }
    #expect(order.last == 9999, "nothing may be written behind the last place")
    return Array(order.dropLast())
  }

  private static func fullSort(_ scores: [Float], _ keys: [UInt64]) -> [UInt32] {
    scores.indices.sorted { a, b in
      if scores[a] != scores[b] { return scores[a] > scores[b] }
      return keys[a] != keys[b] ? keys[a] < keys[b] : a < b
    }.map { UInt32($0) }
  }

  @Test("the result is the beginning of a full sort, for every k, with many ties", arguments: 0..<40)
  func matchesFullSort(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let count = generator.below(130)
    let levels = 1 + generator.below(2 * count + 1)
    let scores = (0..<count).map { _ in Float(generator.below(levels)) - Float(levels / 2) }
    let keys = (0..<count).map { _ in seed % 3 == 0 ? UInt64(generator.below(20)) : generator.next() }
    let sorted = Self.fullSort(scores, keys)
    for k in [-1, 0, 1, 2, 10, count / 2, count - 1, count, count + 5, Int.max] {
      #expect(Self.select(scores, keys, k: k) == Array(sorted.prefix(max(k, 0))))
    }
  }

  @Test("ascending, descending and large random scores are ordered as by a full sort")
  func largerInputs() {
    var generator = SeededGenerator(seed: 1)
    let keys = (0..<5000).map { _ in generator.next() }
    let random = (0..<5000).map { _ in Float(generator.gaussian()) }
    for scores in [random, random.sorted(), random.sorted(by: >)] {
      let sorted = Self.fullSort(scores, keys)
      for k in [1, 100, 4999, 5000] {
        #expect(Self.select(scores, keys, k: k) == Array(sorted.prefix(k)))
      }
    }
  }

  @Test("0 and -0 are a tie, infinities take the ends, and the keys 0 and 2^64 - 1 order like any other")
  func extremes() {
    #expect(Self.select([0, -0.0, 0], [3, 2, 1], k: 3) == [2, 1, 0])
    #expect(Self.select([-.infinity, 1, .infinity, -.greatestFiniteMagnitude], [1, 2, 3, 4], k: 4) == [2, 1, 3, 0])
    #expect(Self.select([1, 1, 1], [.max, 0, 5], k: 2) == [1, 2])
  }
}
