import Kernels
import Testing

@testable import Training

@Suite("Predictions from neighbours")
struct NeighbourModelTests {
  private static let one = Parallel(threads: 1)

  @Test("Python's heap chooses as a stable sort does", arguments: [1, 2, 7, 40, 150, 400])
  func largest(limit: Int) {
    var generator = SeededGenerator(seed: UInt64(limit))
    for round in 0..<60 {
      let count = 1 + generator.below(round < 30 ? 30 : 300)
      // Few different numbers make many ties.
      let values = (0..<count).map { _ in Double(generator.below(1 + generator.below(20))) / 8 }
      let expected = Array(values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(limit))
      #expect(PythonHeap.largest(limit, values) == expected)
    }
  }

  @Test("Python's heap keeps a NaN where Python keeps it")
  func pythonHeap() {
    // heapq.nlargest of CPython 3.11 over these keys.
    let keys = [0.1, .nan, 0.5, 0.4, .nan, 0.9, 0.2, 0.8]
    #expect(Set(PythonHeap.largest(2, keys)) == [0, 1])
    #expect(Set(PythonHeap.largest(3, keys)) == [1, 5, 7])
    #expect(Set(PythonHeap.largest(4, keys)) == [0, 1, 5, 7])
    #expect(PythonHeap.largest(1, [.nan, 1, 2]) == [0])
    #expect(PythonHeap.largest(1, [0.5, .nan, 2]) == [2])
  }

  @Test("unknown users and items are predicted as Surprise does", arguments: NeighbourAlgorithm.allCases)
  func unknown(algorithm: NeighbourAlgorithm) throws {
    let ratings = try RatingTable.random(seed: 3, users: 9, items: 9, count: 60, scores: [1, 2, 4])
    let model = try NeighbourModel(ratings, algorithm, similarity: SimilarityOptions(.cosine), parallel: Self.one)
    let baselines = try Baselines(ratings)
    for (user, item) in [(nil, nil), (2, nil), (nil, 3)] as [(Int?, Int?)] {
      let got = model.predict(user: user, item: item)
      let bias = (user.map { baselines.users[$0] } ?? 0) + (item.map { baselines.items[$0] } ?? 0)
      let expected = algorithm == .baseline ? ratings.mean + bias : ratings.mean
      #expect(abs(got.estimate - expected) < 1e-12)
      #expect(got.wasImpossible == (algorithm != .baseline))
      #expect(got.neighbours == nil)
    }
    let all = model.predict(users: [0, 99], items: [1, 1], scale: 1...2)
    #expect(all.count == 2)
    let each = [model.predict(user: 0, item: 1), model.predict(user: nil, item: 1)]
    #expect(all == each.map { $0.estimate.clipped(to: 1...2) })
  }

  @Test("with too few neighbours the rest of the formula stands alone")
  func tooFew() throws {
    let ratings = try RatingSet(users: [1, 1, 2, 2, 3], items: [1, 2, 1, 3, 4], scores: [1, 0.5, 1, 0.25, 0.75])
    func predict(_ algorithm: NeighbourAlgorithm, _ least: Int, _ user: Int, _ item: Int) throws -> NeighbourPrediction
    {
      try NeighbourModel(
        ratings, algorithm, similarity: SimilarityOptions(.cosine), minNeighbours: least, parallel: Self.one
      ).predict(user: user, item: item)
    }
    // User 3 shares nothing with anybody; with min_k = 0 Surprise divides by zero.
    for least in [0, 1] {
      #expect(try predict(.basic, least, 2, 0) == .init(estimate: 0.7, wasImpossible: true, neighbours: nil))
    }
    #expect(try predict(.withMeans, 1, 2, 0) == .init(estimate: 0.75, wasImpossible: false, neighbours: 0))
    #expect(try predict(.withMeans, 2, 0, 2) == .init(estimate: 0.75, wasImpossible: false, neighbours: 1))
    #expect(try predict(.basic, 1, 0, 2) == .init(estimate: 0.25, wasImpossible: false, neighbours: 1))
    let one = Self.one
    for (limit, least) in [(0, 1), (1, -1)] {
      #expect(throws: NeighbourError.self) {
        try NeighbourModel(
          ratings, .basic, similarity: .init(), limit: limit, minNeighbours: least, parallel: one)
      }
    }
  }
}
