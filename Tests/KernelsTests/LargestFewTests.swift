import Kernels
import Testing

@Suite("Largest few")
struct LargestFewTests {
  @Test("the choice and order are those of a stable sort", arguments: [1, 2, 7, 40, 150, 400])
  func largest(limit: Int) {
    var generator = SeededGenerator(seed: UInt64(limit))
    for round in 0..<60 {
      let count = 1 + generator.below(round < 30 ? 30 : 300)
      // Few different numbers make many ties.
      let values = (0..<count).map { _ in Double(generator.below(1 + generator.below(20))) / 8 }
      let expected = Array(values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(limit))
      var best = values
      var places = values.indices.map { UInt32($0) }
      var work = [Double](repeating: 0, count: 2 * count + LargerCounts.lanes)
      let kept = best.withUnsafeMutableBufferPointer { best in
        places.withUnsafeMutableBufferPointer { places in
          work.withUnsafeMutableBufferPointer { work -> Int in
            guard let a = best.baseAddress, let b = places.baseAddress, let c = work.baseAddress else { return -1 }
            return LargestFew.sort(limit, values: a, places: b, count: count, work: c)
          }
        }
      }
      #expect(kept == expected.count)
      #expect(places.prefix(kept).map(Int.init) == expected)
      #expect(best.prefix(kept).elementsEqual(expected.map { values[$0] }))
    }
  }
}
