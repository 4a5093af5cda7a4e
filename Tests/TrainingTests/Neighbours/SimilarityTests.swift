import Kernels
import Testing

@testable import Training

@Suite("Similarities of users and items")
struct SimilarityTests {
  private static let one = Parallel(threads: 1)
  private static let cases = Similarity.allCases.flatMap { measure in
    RatingSide.allCases.flatMap { side in [1, 3].map { SimilarityOptions(measure, between: side, minSupport: $0) } }
  }
  private static let scores = [0.3, 0.5, 0.75, 1.0, -0.25, 2.0]

  /// By the definition: all pairs of ratings of one column, nothing shared, nothing sparse. Nil: division by zero.
  private func plain(
    _ ratings: RatingSet, _ baselines: Baselines, _ options: SimilarityOptions, _ a: Int, _ b: Int
  ) -> Double? {
    let lists = ratings.lists(of: options.side)
    func values(_ owner: Int) -> [UInt32: [Double]] {
      Dictionary(grouping: lists.entries(of: owner)) { lists.others[$0] }.mapValues { entries in
        entries.map { entry in
          let baseline =
            baselines.mean + baselines.biases(of: options.side)[owner]
            + baselines.biases(opposite: options.side)[Int(lists.others[entry])]
          return lists.scores[entry] - (options.measure == .pearsonBaseline ? baseline : 0)
        }
      }
    }
    let (first, second) = (values(a), values(b))
    let pairs = first.keys.sorted().flatMap { column in
      (first[column] ?? []).flatMap { x in (second[column] ?? []).map { (x, $0) } }
    }
    let n = Double(pairs.count)
    if pairs.count < max(options.minSupport, options.measure == .pearsonBaseline ? 2 : 1) { return 0 }
    func sum(_ term: ((Double, Double)) -> Double) -> Double { pairs.reduce(0) { $0 + term($1) } }
    switch options.measure {
    case .meanSquaredDifference: return 1 / (sum { ($0.0 - $0.1) * ($0.0 - $0.1) } / n + 1)
    case .cosine, .pearsonBaseline:
      let length = (sum { $0.0 * $0.0 }).squareRoot() * (sum { $0.1 * $0.1 }).squareRoot()
      if length == 0 { return nil }
      let shrunk = options.measure == .cosine ? 1 : (n - 1) / (n - 1 + options.shrinkage)
      return sum { $0.0 * $0.1 } / length * shrunk
    case .pearson:
      let means = (sum { $0.0 } / n, sum { $0.1 } / n)
      let variances = (
        sum { ($0.0 - means.0) * ($0.0 - means.0) }, sum { ($0.1 - means.1) * ($0.1 - means.1) }
      )
      // Where a variance is next to nothing, Surprise's own formula gives rounding errors: not compared.
      if variances.0 < 1e-9 || variances.1 < 1e-9 { return .nan }
      return sum { ($0.0 - means.0) * ($0.1 - means.1) } / (variances.0 * variances.1).squareRoot()
    }
  }

  @Test("are what the definition says, for ratings with repetitions too", arguments: cases)
  func definition(options: SimilarityOptions) throws {
    let ratings = try RatingTable.random(seed: 5, users: 16, items: 18, count: 150, scores: Self.scores)
    let matrix = try SimilarityMatrix(ratings, options, parallel: Self.one)
    let baselines = try Baselines(ratings)
    var compared = 0
    for a in 0..<matrix.count {
      #expect(matrix[a, a] == 1)
      for b in (a + 1)..<matrix.count {
        let expected = try #require(plain(ratings, baselines, options, a, b))
        #expect(matrix[a, b] == matrix[b, a] || matrix[a, b].isNaN)
        guard expected.isFinite else { continue }
        compared += 1
        #expect(abs(matrix[a, b] - expected) < 1e-9, "\(a) \(b)")
      }
    }
    #expect(compared > 60)
  }

  @Test("the sparse lists hold the matrix's best, in its order and with its bits", arguments: cases, [1, 4, 1000])
  func listsAgree(options: SimilarityOptions, limit: Int) throws {
    for seed in UInt64(0)..<2 {
      let ratings = try RatingTable.random(seed: seed, users: 30, items: 40, count: 300, scores: Self.scores)
      let matrix = try SimilarityMatrix(ratings, options, parallel: Self.one)
      let lists = try NeighbourLists(ratings, options, limit: limit, parallel: Self.one)
      try #require(lists.count == matrix.count)
      for row in 0..<matrix.count {
        let best = (0..<matrix.count).filter { $0 != row && matrix[row, $0] > 0 && matrix[row, $0].isFinite }
          .sorted { (matrix[row, $1], $0) < (matrix[row, $0], $1) }.prefix(limit)
        let entries = lists.entries(of: row)
        #expect(lists.neighbours[entries].map(Int.init) == Array(best))
        #expect(Array(lists.similarities[entries]) == best.map { matrix[row, $0] })
      }
      var undefined = 0
      for a in 0..<matrix.count {
        for b in (a + 1)..<matrix.count where !matrix[a, b].isFinite { undefined += 1 }
      }
      #expect(lists.undefinedPairs == undefined)
    }
  }

  @Test("any number of threads gives the same bits", arguments: Similarity.allCases)
  func threads(measure: Similarity) throws {
    let ratings = try RatingTable.random(seed: 9, users: 150, items: 60, count: 1000, scores: Self.scores)
    let options = SimilarityOptions(measure)
    let matrix = try SimilarityMatrix(ratings, options, parallel: Self.one).values.map(\.bitPattern)
    let lists = try NeighbourLists(ratings, options, limit: 7, parallel: Self.one)
    for threads in [2, 5] {
      let parallel = Parallel(threads: threads)
      #expect(try SimilarityMatrix(ratings, options, parallel: parallel).values.map(\.bitPattern) == matrix)
      var heard: [Int] = []
      #expect(
        try NeighbourLists(ratings, options, limit: 7, parallel: parallel, progress: { heard.append($0) }) == lists)
      #expect(heard == [lists.count])
    }
  }

  @Test("a pair that says nothing is an error in the matrix and left out of the lists")
  func undefined() throws {
    let ratings = try RatingSet(
      users: [70, 70, 80, 80, 90, 90], items: [1, 2, 1, 2, 1, 3], scores: [0, 0, 1, 1, 1, 1])
    let error = NeighbourError.undefinedSimilarity(
      measure: .cosine, side: .users, pair: .init(first: 70, second: 80), row: 70, common: 2)
    #expect(throws: error) { try SimilarityMatrix(ratings, SimilarityOptions(.cosine), parallel: Self.one) }
    let lists = try NeighbourLists(ratings, SimilarityOptions(.cosine), limit: 5, parallel: Self.one)
    #expect(lists.undefinedPairs == 2)
    #expect(lists.offsets == [0, 0, 1, 2])
    #expect(lists.neighbours == [2, 1])
    // All ratings alike are all at their baselines.
    let alike = try RatingSet(users: [1, 1, 2, 2], items: [5, 6, 5, 6], scores: [1, 1, 1, 1])
    #expect(throws: NeighbourError.self) {
      try SimilarityMatrix(alike, SimilarityOptions(.pearsonBaseline), parallel: Self.one)
    }
    #expect(try SimilarityMatrix(alike, SimilarityOptions(.pearson), parallel: Self.one).values == [1, 0, 0, 1])
    #expect(try SimilarityMatrix(alike, SimilarityOptions(.cosine), parallel: Self.one)[0, 1] == 1)
  }

  @Test("huge ratings, whose squares overflow, give no neighbour but no trap either")
  func overflow() throws {
    let ratings = try RatingSet(users: [1, 1, 2, 2], items: [5, 6, 5, 6], scores: [1e300, 1, -1e300, 1e200])
    for measure in Similarity.allCases {
      let lists = try NeighbourLists(ratings, SimilarityOptions(measure), limit: 5, parallel: Self.one)
      #expect(lists.similarities.allSatisfy { $0.isFinite && $0 > 0 })
    }
  }

  @Test("one user, one item, one rating: no neighbours", arguments: Similarity.allCases)
  func alone(measure: Similarity) throws {
    let ratings = try RatingSet(users: [3], items: [9], scores: [0.5])
    for side in RatingSide.allCases {
      let options = SimilarityOptions(measure, between: side)
      #expect(try SimilarityMatrix(ratings, options, parallel: Self.one).values == [1])
      #expect(try NeighbourLists(ratings, options, limit: 40, parallel: Self.one).offsets == [0, 0])
    }
  }

  @Test("bad input and options outside their range are refused by name and value")
  func refused() throws {
    #expect(throws: NeighbourError.noRatings) { try RatingSet(users: [], items: [], scores: []) }
    #expect(throws: NeighbourError.unequalColumns(users: 1, items: 2, scores: 1)) {
      try RatingSet(users: [1], items: [1, 2], scores: [1])
    }
    for (index, bad) in [Double.infinity, -.infinity].enumerated() {
      #expect(throws: NeighbourError.badScore(index: 1, user: 4, item: 6, score: bad), "\(index)") {
        try RatingSet(users: [1, 4], items: [2, 6], scores: [1, bad])
      }
    }
    #expect(throws: NeighbourError.self) { try RatingSet(users: [1], items: [2], scores: [.nan]) }
    let ratings = try RatingSet(users: [1, 2], items: [2, 2], scores: [1, 1])
    #expect(throws: NeighbourError.badOption(name: "minSupport", value: "0", reason: "must be at least 1")) {
      try SimilarityMatrix(ratings, SimilarityOptions(minSupport: 0), parallel: Self.one)
    }
    #expect(throws: NeighbourError.badOption(name: "shrinkage", value: "-1.0", reason: "must be at least 0")) {
      try NeighbourLists(ratings, SimilarityOptions(shrinkage: -1), limit: 1, parallel: Self.one)
    }
    #expect(throws: NeighbourError.badOption(name: "limit", value: "0", reason: "must be at least 1")) {
      try NeighbourLists(ratings, SimilarityOptions(), limit: 0, parallel: Self.one)
    }
    for method in [BaselineMethod.leastSquares(userPenalty: -1), .gradientDescent(learningRate: .nan)] {
      #expect(throws: NeighbourError.self) { try Baselines(ratings, method: method) }
    }
  }
}
