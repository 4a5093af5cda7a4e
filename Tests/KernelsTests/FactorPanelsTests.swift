import Testing

@testable import Kernels

@Suite("All rows with many vectors")
struct FactorPanelsTests {
  @Test("products are those of single dot products but for rounding, whatever the company", arguments: 0..<20)
  func products(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (rows, width, vectors) = (generator.below(80), generator.below(70), generator.below(12))
    func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.gaussian()) } }
    let (table, users, shifts) = (numbers(rows * width), numbers(vectors * width), numbers(vectors))
    let finish = FactorPanels.Finish(bias: numbers(rows), rest: numbers(rows), scale: -1.5, bound: 4)
    let panels = FactorPanels(table: table, count: rows, width: width, finish: finish)
    #expect(panels.count == rows && panels.stride >= rows && panels.stride % 8 == 0)
    var results = [Float](repeating: 9, count: vectors * panels.stride + 1)
    users.withUnsafeBufferPointer { users in
      guard let start = users.baseAddress else { return }
      panels.multiply((0..<vectors).map { start + $0 * width }, shifts: shifts, into: &results)
      var alone = [Float](repeating: 9, count: panels.stride)
      for vector in 0..<vectors {
        panels.multiply([start + vector * width], shifts: [shifts[vector]], into: &alone)
        #expect(alone == Array(results[(vector * panels.stride)..<((vector + 1) * panels.stride)]))
      }
    }
    #expect(results.last == 9, "nothing may be written behind the last row")
    for vector in 0..<vectors where width > 0 {
      for row in 0..<rows {
        let dot = (0..<width).reduce(0) { $0 + Double(table[row * width + $1]) * Double(users[vector * width + $1]) }
        let value = (dot + Double(shifts[vector]) + Double(finish.bias[row])) * -1.5
        let expected = min(4, max(-4, value)) + Double(finish.rest[row])
        #expect(abs(Double(results[vector * panels.stride + row]) - expected) < 1e-4)
      }
      for row in rows..<panels.stride { #expect(results[vector * panels.stride + row] == -.infinity) }
    }
  }

  @Test("what is not a number falls to the lower bound; without a table there are no products")
  func extremes() {
    let table: [Float] = [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .greatestFiniteMagnitude, 1, 0, 0]
    let finish = FactorPanels.Finish(bias: [0, 0, 7], rest: [0, 0, 0.5], scale: 2, bound: 3)
    let panels = FactorPanels(table: table, count: 3, width: 2, finish: finish)
    var results = [Float](repeating: 9, count: panels.stride)
    let vector: [Float] = [4, 4]
    vector.withUnsafeBufferPointer { vector in
      guard let start = vector.baseAddress else { return }
      panels.multiply([start], shifts: [0], into: &results)
      #expect(Array(results.prefix(3)) == [-3, 3, 3.5])
      let without = FactorPanels(table: nil, count: 3, width: 2, finish: finish)
      without.multiply([start], shifts: [-6.5], into: &results)
      #expect(Array(results.prefix(3)) == [-3, -3, 1.5])
    }
  }
}

@Suite("The few within reach")
struct ReachableFewTests {
  @Test("are all that are not less than the k-th largest by more than the slack", arguments: 0..<40)
  func matchesSort(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let levels = 1 + generator.below(60)
    let scores = (0..<generator.below(300)).map { _ in
      generator.below(9) == 0 ? -Float.infinity : Float(generator.below(levels))
    }
    let sorted = scores.sorted(by: >)
    for k in [1, 2, 10, 100, 299, 500] {
      for slack in [0, 1, 2.5] {
        let floor = k <= sorted.count ? max(-1e9, Double(sorted[k - 1]) - slack) : -1e9
        let expected = scores.indices.filter { Double(scores[$0]) >= floor }.map { UInt32($0) }
        #expect(scores.withUnsafeBufferPointer { ReachableFew.places($0, k: k, slack: slack) } == expected)
      }
    }
  }

  @Test("with an infinite slack they are all but those at −infinity")
  func infinite() {
    let scores: [Float] = [1, .nan, -.infinity, -.greatestFiniteMagnitude, 0]
    #expect(scores.withUnsafeBufferPointer { ReachableFew.places($0, k: 2, slack: .infinity) } == [0, 1, 3, 4])
  }
}
