import Kernels
import Testing

@testable import Training

@Suite("Item neighbours")
struct ItemNeighboursTests {
  private func random(seed: UInt64) throws -> Interactions {
    var generator = SeededGenerator(seed: seed)
    let count = 400
    return try Interactions(
      userCount: 40, itemCount: 300, users: (0..<count).map { _ in UInt32(generator.below(40)) },
      items: (0..<count).map { _ in UInt32(generator.below(300)) },
      values: (0..<count).map { _ in Float(1 + generator.uniform()) })
  }

  @Test("cosines are those of the dense columns, best first, on any number of threads")
  func againstDense() throws {
    let data = try random(seed: 1)
    var columns = [[Double]](repeating: [Double](repeating: 0, count: 40), count: 300)
    for user in 0..<40 {
      for entry in data.byUser.entries(ofRow: user) {
        columns[Int(data.byUser.columns[entry])][user] = Double(data.byUser.values[entry])
      }
    }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let found = try ItemNeighbours(data, weighting: .cosine, count: 6)
    for item in 0..<300 {
      let all = (0..<300).map { other in
        let norms = (dot(columns[item], columns[item]) * dot(columns[other], columns[other])).squareRoot()
        return norms == 0 ? 0 : dot(columns[item], columns[other]) / norms
      }
      let best = all.filter { $0 > 0 }.sorted(by: >).prefix(6)
      #expect(largestDifference(found.lists[item].map(\.similarity), Array(best)) < 1e-14)
      for neighbour in found.lists[item] { #expect(abs(neighbour.similarity - all[Int(neighbour.item)]) < 1e-14) }
    }
    #expect(try ItemNeighbours(data, weighting: .cosine, count: 6, parallel: Parallel(threads: 3)) == found)
  }

  @Test("an item of length 0 has no weight, no interactions give empty lists, one item is its own neighbour")
  func edges() throws {
    let zero = try Interactions(userCount: 1, itemCount: 2, users: [0, 0], items: [0, 1], values: [0, 2])
    #expect(try ItemNeighbours(zero, weighting: .cosine, count: 1).lists.map { $0.map(\.item) } == [[1], [1]])
    let none = try Interactions(userCount: 1, itemCount: 2, users: [], items: [], values: [])
    for weighting in [ItemWeighting.cosine, .tfidf, .bm25()] {
      #expect(try ItemNeighbours(none, weighting: weighting, count: 3).lists == [[], []])
    }
    let one = try Interactions(userCount: 1, itemCount: 1, users: [0], items: [0], values: [5])
    #expect(try ItemNeighbours(one, weighting: .cosine, count: 3).lists == [[.init(item: 0, similarity: 1)]])
    let empty = try Interactions(userCount: 0, itemCount: 0, users: [], items: [], values: [])
    #expect(try ItemNeighbours(empty, weighting: .bm25(), count: 3).lists == [])
  }

  @Test("values without a weight and lists of no length are refused")
  func badInput() throws {
    let negative = try Interactions(userCount: 2, itemCount: 3, users: [1, 1], items: [0, 2], values: [1, -4])
    #expect(throws: ImplicitError.self) { try ItemNeighbours(negative, weighting: .tfidf, count: 3) }
    do {
      _ = try ItemNeighbours(negative, weighting: .tfidf, count: 3)
    } catch { #expect("\(error)" == "user 1 with item 2 has the value -4.0: tfidf gives it no weight") }
    #expect(throws: ImplicitError.badSetting(name: "count", value: "0", reason: "must be at least 1")) {
      try ItemNeighbours(negative, weighting: .cosine, count: 0)
    }
  }
}
