import Kernels
import Testing

@testable import Training

private func graph(_ nodes: Int, _ edges: [(Int, Int, Double)]) throws -> DirectedGraph {
  try DirectedGraph(
    nodeCount: nodes, sources: edges.map { UInt32($0.0) }, destinations: edges.map { UInt32($0.1) },
    weights: edges.map { $0.2 })
}

private func ranks(_ graph: DirectedGraph, damping: Double = 0.85, threads: Int = 1) throws -> [Double] {
  try PageRank(damping: damping, parallel: Parallel(threads: threads)).rank(graph).ranks
}

private func areClose(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
}

/// The ranks by solving (I − dPᵀ) r = (1 − d) p with Gaussian elimination, dangling nodes linking as jumps land.
private func solved(_ nodes: Int, _ edges: [(Int, Int, Double)], damping: Double, jumps: [Double]) -> [Double] {
  var share = [[Double]](repeating: [Double](repeating: 0, count: nodes), count: nodes)
  for (source, destination, weight) in edges { share[source][destination] += weight }
  for source in 0..<nodes {
    share[source] = share[source].map { max($0, 0) }
    let total = share[source].reduce(0, +)
    share[source] = (0..<nodes).map { total > 0 ? share[source][$0] / total : jumps[$0] }
  }
  var matrix = (0..<nodes).map { row in
    (0..<nodes).map { (row == $0 ? 1 : 0) - damping * share[$0][row] } + [(1 - damping) * jumps[row]]
  }
  for pivot in 0..<nodes {
    for row in 0..<nodes where row != pivot {
      let factor = matrix[row][pivot] / matrix[pivot][pivot]
      for column in pivot...nodes { matrix[row][column] -= factor * matrix[pivot][column] }
    }
  }
  return (0..<nodes).map { matrix[$0][nodes] / matrix[$0][$0] }
}

@Suite("PageRank")
struct PageRankTests {
  @Test("two nodes, one edge: the target's rank is 1.85 times the source's")
  func oneEdge() throws {
    let base = 1 / (2 + 0.85)
    #expect(areClose(try ranks(graph(2, [(0, 1, 5)])), [base, base * 1.85], 1e-15))
  }

  @Test("a ring is even, and so is a graph without edges")
  func evenGraphs() throws {
    let ring = try ranks(graph(3, [(0, 1, 1), (1, 2, 7), (2, 0, 2)]))
    #expect(areClose(ring, [Double](repeating: 1.0 / 3.0, count: 3), 1e-10))
    for method in [PageRank(), .networkx] {
      #expect(areClose(try method.rank(graph(4, [])).ranks, [0.25, 0.25, 0.25, 0.25], 1e-15))
      #expect(try method.rank(graph(0, [])).ranks == [])
      #expect(areClose(try method.rank(graph(1, [(0, 0, 3)])).ranks, [1], 1e-15))
    }
  }

  @Test("a star's centre keeps all that is not spread: hand-solved")
  func star() throws {
    // Leaves link to the centre, the centre links nowhere. With leaf rank l and centre rank c, N = 4:
    // l = 0.15/4 + 0.85 c/4 and c = l + 0.85 · 3 l = 3.55 l, so l = 0.0375 / (1 − 0.85 · 3.55 / 4).
    let leaf = 0.0375 / (1 - 0.85 * 3.55 / 4)
    let edges = [(1, 0, 1.0), (2, 0, 3.0), (3, 0, 0.5)]
    #expect(areClose(try ranks(graph(4, edges)), [3.55 * leaf, leaf, leaf, leaf], 1e-15))
  }

  @Test("random graphs agree with a linear solver within the bound reported, and sum to 1")
  func againstSolver() throws {
    var generator = SeededGenerator(seed: 5)
    for round in 0..<60 {
      let nodes = 1 + generator.below(30)
      // Every third graph has only equal weights.
      let edges = (0..<generator.below(4 * nodes)).map { _ in
        (generator.below(nodes), generator.below(nodes), round % 3 == 0 ? 2 : 2 * generator.uniform())
      }
      let damping = 0.95 * generator.uniform()
      var method = PageRank(damping: damping)
      var jumps = [Double](repeating: 1 / Double(nodes), count: nodes)
      if round % 2 == 1 {
        jumps = jumps.map { _ in max(0, generator.uniform() - 0.5) }
        jumps[generator.below(nodes)] += 0.5
        method.personalization = jumps
        let sum = jumps.reduce(0, +)
        jumps = jumps.map { $0 / sum }
      }
      let result = try method.rank(graph(nodes, edges))
      let expected = solved(nodes, edges, damping: damping, jumps: jumps)
      let distance = zip(result.ranks, expected).reduce(0) { $0 + abs($1.0 - $1.1) }
      #expect(result.error < 1e-10)
      #expect(distance <= result.error + 1e-13, "round \(round)")
      #expect(abs(result.ranks.reduce(0, +) - 1) < 1e-12)
    }
  }

  @Test("graphs and ranks have the same bits on any number of threads")
  func threads() throws {
    var generator = SeededGenerator(seed: 6)
    let edges = (0..<60_000).map { _ in
      (generator.below(20_000), min(generator.below(20_000), generator.below(20_000)), generator.uniform())
    }
    for isWeighted in [true, false] {
      func result(_ rule: PageRank.Rule, threads: Int) throws -> [Double] {
        let parallel = Parallel(threads: threads)
        let graph = try DirectedGraph(
          nodeCount: 20_000, sources: edges.map { UInt32($0.0) }, destinations: edges.map { UInt32($0.1) },
          weights: isWeighted ? edges.map(\.2) : nil, parallel: parallel)
        return try PageRank(rule: rule, parallel: parallel).rank(graph).ranks
      }
      for rule in [PageRank.Rule.error(below: 1e-10), .networkx(tolerance: 1e-12)] {
        let alone = try result(rule, threads: 1)
        for threads in [2, 2, 3, 4, 7, 40] { #expect(try result(rule, threads: threads) == alone) }
      }
    }
  }

  @Test("weights at the ends of what can be divided by give the ranks that weights of 1 give")
  func weightsAtTheEnds() throws {
    let shape = [(0, 1, 1.0), (0, 2, 2), (1, 0, 1), (1, 2, 3), (2, 0, 1)]
    let expected = solved(3, shape, damping: 0.85, jumps: [1.0 / 3, 1.0 / 3, 1.0 / 3])
    for factor in [Double.leastNormalMagnitude, 1e-300, 1e300, 0.25 / Double.leastNormalMagnitude] {
      // The last edge's weight of 1 keeps the weights from being equal multiples throughout.
      let edges = shape.dropLast().map { ($0.0, $0.1, $0.2 * factor) } + [(2, 0, 1)]
      #expect(areClose(try ranks(graph(3, edges)), expected, 1e-10))
      let byPower = try PageRank(rule: .networkx(tolerance: 1e-12), maxIterations: 500).rank(graph(3, edges))
      #expect(areClose(byPower.ranks, expected, 1e-10))
    }
  }

  @Test("jumps to dangling nodes only leave nothing for the others")
  func jumpsToDangling() throws {
    var method = PageRank()
    method.personalization = [0, 0, 1]
    #expect(try method.rank(graph(3, [(0, 1, 1), (1, 0, 1), (0, 2, 1)])).ranks == [0, 0, 1])
  }

  @Test("a bound that cannot be reached ends with the last iteration and says how near it is")
  func outOfIterations() throws {
    let edges = [(0, 1, 1.0), (1, 0, 1), (1, 2, 1), (2, 0, 1)]
    let result = try PageRank(maxIterations: 3).rank(graph(3, edges))
    #expect(result.iterations == 3)
    #expect(result.error > 1e-10 && result.error.isFinite)
    let expected = solved(3, edges, damping: 0.85, jumps: [1.0 / 3, 1.0 / 3, 1.0 / 3])
    #expect(zip(result.ranks, expected).reduce(0) { $0 + abs($1.0 - $1.1) } <= result.error)
  }

  @Test("vectors that are no distributions and impossible dampings are refused by name")
  func badInput() throws {
    let pair = try graph(2, [(0, 1, 1), (1, 0, 1)])
    func error(_ change: (inout PageRank) -> Void) -> GraphError? {
      var method = PageRank()
      change(&method)
      do throws(GraphError) { _ = try method.rank(pair) } catch { return error }
      return nil
    }
    #expect(error { $0.personalization = [1] } == .badLength(vector: "personalization", count: 1, nodeCount: 2))
    #expect(error { $0.dangling = [0, 0] } == .noWeight(vector: "dangling"))
    #expect(error { $0.start = [1, -1] } == .badEntry(vector: "start", node: 1, value: -1))
    #expect(error { $0.start = [.infinity, 1] } == .badEntry(vector: "start", node: 0, value: .infinity))
    let description = try #require(error { $0.personalization = [.nan, 1] }).description
    #expect(description == "personalization of node 0 is nan; it must be finite and not negative")
    for damping in [1, -0.1, .nan, 2] { #expect(error { $0.damping = damping } != nil) }
  }
}
