import ParitySupport
import Testing

@testable import Training

@Suite("Least squares parity")
struct ALSParityTests {
  @Test("factors and loss are implicit's after 1 and 15 iterations", arguments: ParityPack.having("als"))
  func factors(pack: ParityPack) throws {
    let meta = try pack.json("als/meta.json", as: ImplicitPack.Meta.self)
    let interactions = try ImplicitPack.interactions(pack)
    for name in ["chol", "chol_alpha40", "cg3"] {
      let settings = try #require(meta.cases["\(name)_it1"]).settings
      var factors = try ALSFactors<Double>(
        interactions, settings: settings, users: Array(pack.matrix("als/\(name)_init_users.csv").joined()),
        items: Array(pack.matrix("als/\(name)_init_items.csv").joined()))
      for iteration in 1...15 {
        try factors.runIteration()
        guard let expected = meta.cases["\(name)_it\(iteration)"] else { continue }
        let prefix = "als/\(name)_it\(iteration)"
        let users = try ImplicitPack.difference(ImplicitPack.rows(factors.users), pack.matrix("\(prefix)_users.csv"))
        let items = try ImplicitPack.difference(ImplicitPack.rows(factors.items), pack.matrix("\(prefix)_items.csv"))
        #expect(users <= 1e-9 && items <= 1e-9, "\(prefix): \(users) \(items)")
        #expect(abs(factors.loss() - expected.loss) <= 1e-12, "\(prefix)")
      }
    }
  }

  @Test("the seed draws implicit's own factors to begin with")
  func start() throws {
    let pack = ParityPack.fixtures
    let meta = try pack.json("als/meta.json", as: ImplicitPack.Meta.self)
    let settings = try #require(meta.cases["cg3_it1"]).settings
    let factors = try ALSFactors<Double>(ImplicitPack.interactions(pack), settings: settings, seed: 5)
    #expect(try ImplicitPack.rows(factors.users) == pack.matrix("als/cg3_init_users.csv"))
    #expect(try ImplicitPack.rows(factors.items) == pack.matrix("als/cg3_init_items.csv"))
  }

  /// How far Float is from Double after two iterations, relative to the largest factor and to the loss.
  private func floatDistance(
    _ interactions: Interactions, _ settings: ALSSettings, seed: UInt64
  ) throws -> (largest: Double, typical: Double, loss: Double) {
    var exact = try ALSFactors<Double>(interactions, settings: settings, seed: seed)
    var fast = try ALSFactors<Float>(
      interactions, settings: settings, users: ImplicitPack.rows(exact.users).joined().map { Float($0) },
      items: ImplicitPack.rows(exact.items).joined().map { Float($0) })
    for _ in 0..<2 {
      try exact.runIteration()
      try fast.runIteration()
    }
    let wanted = Array(ImplicitPack.rows(exact.users).joined())
    let size = wanted.reduce(0) { max($0, abs($1)) }
    let distances = zip(wanted, ImplicitPack.rows(fast.users).joined()).map { abs($0 - $1) / size }.sorted()
    return (
      try #require(distances.last), distances[distances.count / 2], abs(exact.loss() - fast.loss()) / exact.loss()
    )
  }

  @Test("in Float the factors stay near those in Double", arguments: ParityPack.having("als"))
  func float(pack: ParityPack) throws {
    let interactions = try ImplicitPack.interactions(pack)
    func distances(_ solver: ALSSettings.Solver) throws -> [(largest: Double, typical: Double, loss: Double)] {
      let settings = ALSSettings(factors: 8, regularization: 0.05, alpha: 2, solver: solver)
      return try (1...9).map { try floatDistance(interactions, settings, seed: $0) }
    }
    for distance in try distances(.cholesky) {
      #expect(distance.largest < 1e-4 && distance.typical < 1e-5 && distance.loss < 1e-5)
    }
    // Three steps end far from the solution and carry some starts' last bits far, so the middle one of nine starts counts,
    // and wide limits hold for each.
    let descents = try distances(.conjugateGradients(steps: 3))
    #expect(descents.map(\.largest).sorted()[4] < 5e-3)
    #expect(descents.map(\.typical).sorted()[4] < 2e-4)
    #expect(descents.map(\.loss).sorted()[4] < 2e-4)
    for distance in descents {
      #expect(distance.largest < 0.3 && distance.typical < 1e-3 && distance.loss < 1e-2)
    }
  }

  @Test("item neighbours are implicit's: cosine, TF-IDF, BM25", arguments: ParityPack.having("als"))
  func neighbours(pack: ParityPack) throws {
    let interactions = try ImplicitPack.interactions(pack) { abs($0) }
    for (name, weighting) in [("cosine", ItemWeighting.cosine), ("tfidf", .tfidf), ("bm25", .bm25())] {
      let found = try ItemNeighbours(interactions, weighting: weighting, count: 10)
      var expected = [[UInt32: Double]](repeating: [:], count: interactions.itemCount)
      for row in try pack.rows("als/itemknn_\(name)_K10.csv") {
        let (item, other) = (try #require(Int(row[0])), try #require(UInt32(row[1])))
        let similarity = try #require(Double(row[2]))
        expected[item][other] = similarity
      }
      for (list, wanted) in zip(found.lists, expected) {
        // The library stores a zero for each list that is not full, at item 0.
        #expect(Set(list.map(\.item)) == Set(wanted.filter { $0.value != 0 }.keys), "\(name)")
        for neighbour in list {
          #expect(abs(neighbour.similarity - (wanted[neighbour.item] ?? .nan)) <= 1e-12, "\(name)")
        }
        // The library's file goes by number, so the order to expect is that of its similarities; ties may stand either way.
        let order = list.compactMap { wanted[$0.item] }
        #expect(zip(order, order.dropFirst()).allSatisfy { $0 >= $1 - 1e-12 }, "\(name): the best come first")
      }
    }
  }
}
