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

  @Test("in Float the factors stay near those in Double", arguments: ParityPack.having("als"))
  func float(pack: ParityPack) throws {
    let interactions = try ImplicitPack.interactions(pack)
    for solver in [ALSSettings.Solver.cholesky, .conjugateGradients(steps: 3)] {
      let settings = ALSSettings(factors: 8, regularization: 0.05, alpha: 2, solver: solver)
      var exact = try ALSFactors<Double>(interactions, settings: settings, seed: 3)
      var fast = try ALSFactors<Float>(
        interactions, settings: settings, users: ImplicitPack.rows(exact.users).joined().map { Float($0) },
        items: ImplicitPack.rows(exact.items).joined().map { Float($0) })
      for _ in 0..<2 {
        try exact.runIteration()
        try fast.runIteration()
      }
      let size = ImplicitPack.rows(exact.users).joined().reduce(0) { max($0, abs($1)) }
      #expect(ImplicitPack.difference(ImplicitPack.rows(exact.users), ImplicitPack.rows(fast.users)) < 2e-3 * size)
      #expect(abs(exact.loss() - fast.loss()) < 1e-4 * exact.loss())
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
