import Foundation
import Kernels
import ParitySupport
import Testing

@testable import Training

private func graph(_ nodes: Int, _ edges: [(Int, Int, Double)]) -> DirectedGraph {
  DirectedGraph(
    nodeCount: nodes, sources: edges.map { UInt32($0.0) }, destinations: edges.map { UInt32($0.1) },
    weights: edges.map { $0.2 })
}

private func ranks(_ graph: DirectedGraph, damping: Double = 0.85, threads: Int = 1) -> [Double] {
  PageRank(damping: damping, parallel: Parallel(threads: threads)).rank(graph).ranks
}

private func areClose(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
}

/// The ranks by solving (I − dPᵀ) r = (1 − d)/N with Gaussian elimination, dangling nodes linking to all.
private func solved(_ nodes: Int, _ edges: [(Int, Int, Double)], damping: Double) -> [Double] {
  var share = [[Double]](repeating: [Double](repeating: 0, count: nodes), count: nodes)
  for (source, destination, weight) in edges { share[source][destination] += weight }
  for source in 0..<nodes {
    share[source] = share[source].map { max($0, 0) }
    let total = share[source].reduce(0, +)
    share[source] = share[source].map { total > 0 ? $0 / total : 1 / Double(nodes) }
  }
  var matrix = (0..<nodes).map { row in
    (0..<nodes).map { (row == $0 ? 1 : 0) - damping * share[$0][row] } + [(1 - damping) / Double(nodes)]
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
  func oneEdge() {
    let base = 1 / (2 + 0.85)
    #expect(areClose(ranks(graph(2, [(0, 1, 5)])), [base, base * 1.85], 1e-10))
  }

  @Test("a ring is even, and so is a graph without edges")
  func evenGraphs() {
    let ring = ranks(graph(3, [(0, 1, 1), (1, 2, 7), (2, 0, 2)]))
    #expect(areClose(ring, [Double](repeating: 1.0 / 3.0, count: 3), 1e-10))
    let result = PageRank(parallel: Parallel(threads: 1)).rank(graph(4, []))
    #expect(areClose(result.ranks, [0.25, 0.25, 0.25, 0.25], 1e-15))
    #expect(result.iterations == 1)
    #expect(ranks(graph(0, [])) == [])
  }

  @Test("a star's centre keeps all that is not spread: hand-solved")
  func star() {
    // Leaves link to the centre, the centre links nowhere. With leaf rank l and centre rank c, N = 4:
    // l = 0.15/4 + 0.85 c/4 and c = l + 0.85 · 3 l = 3.55 l, so l = 0.0375 / (1 − 0.85 · 3.55 / 4).
    let leaf = 0.0375 / (1 - 0.85 * 3.55 / 4)
    let edges = [(1, 0, 1.0), (2, 0, 3.0), (3, 0, 0.5)]
    #expect(areClose(ranks(graph(4, edges)), [3.55 * leaf, leaf, leaf, leaf], 1e-10))
  }

  @Test("edges without positive weight are none, and parallel edges are summed")
  func edgeWeights() {
    let merged = graph(3, [(0, 1, 0.5), (0, 2, 1), (0, 1, 1.5), (1, 2, 0), (2, 1, -3), (2, 0, 2), (2, 0, -2)])
    #expect(merged.edgeCount == 2)
    #expect(merged.hasOutgoing == [true, false, false])
    #expect(merged.incoming.values == [2.0 / 3, 1.0 / 3])
    #expect(ranks(merged) == ranks(graph(3, [(0, 1, 2), (0, 2, 1)])))
  }

  @Test("random graphs agree with a linear solver, sum to 1 and do not depend on the threads")
  func againstSolver() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<40 {
      let nodes = 1 + generator.below(30)
      let edges = (0..<generator.below(4 * nodes)).map { _ in
        (generator.below(nodes), generator.below(nodes), 2 * generator.uniform())
      }
      let damping = 0.95 * generator.uniform()
      let result = ranks(graph(nodes, edges), damping: damping)
      #expect(areClose(result, solved(nodes, edges, damping: damping), 1e-8))
      #expect(abs(result.reduce(0, +) - 1) < 1e-9)
    }
    let edges = (0..<60_000).map { _ in
      (generator.below(20_000), min(generator.below(20_000), generator.below(20_000)), generator.uniform())
    }
    let large = graph(20_000, edges)
    let alone = ranks(large)
    #expect(ranks(large, threads: 2) == alone)
    #expect(ranks(large, threads: 7) == alone)
  }

  @Test("on user → tweet edges the closed form holds: base, and base · (1 + d Σ w/W)")
  func bipartite() {
    var generator = SeededGenerator(seed: 9)
    let (users, tweets) = (20, 50)
    var weights = [[Double]](repeating: [Double](repeating: 0, count: tweets), count: users)
    var edges: [(Int, Int, Double)] = []
    for user in 0..<users where user % 5 != 0 {
      for _ in 0...generator.below(6) {
        let (tweet, weight) = (generator.below(tweets), 0.1 + generator.uniform())
        weights[user][tweet] += weight
        edges.append((user, users + tweet, weight))
      }
    }
    let sources = weights.count { $0.contains { $0 > 0 } }
    let base = 1 / (Double(users + tweets) + 0.85 * Double(sources))
    var expected = [Double](repeating: base, count: users)
    for tweet in 0..<tweets {
      let shares = weights.map { row in row.reduce(0, +) > 0 ? row[tweet] / row.reduce(0, +) : 0 }
      expected.append(base * (1 + 0.85 * shares.reduce(0, +)))
    }
    #expect(areClose(ranks(graph(users + tweets, edges)), expected, 1e-11))
  }

  @Test("the reference cases of networkx come out to 1e-12 after the same number of iterations")
  func referenceCases() throws {
    guard
      let data = FileManager.default.contents(atPath: (ParityPack.large?.folder.path ?? "") + "/pagerank/cases.json")
    else {
      return
    }
    let cases = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    var compared = 0
    for item in cases {
      let options = item["options"] as? [String: Any] ?? [:]
      let isPlain = Set(options.keys).isSubset(of: ["alpha", "tol", "max_iter"])
      guard isPlain, item["directed"] as? Bool == true, let iterations = item["iterations"] as? Int,
        let expected = item["pagerank"] as? [String: Double], let nodes = item["nodes_in_order"] as? [String],
        let edges = item["edges"] as? [[Any]]
      else { continue }
      let rows = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) })
      let parsed = try edges.map { edge in
        (
          try #require(rows[edge[0] as? String ?? ""]), try #require(rows[edge[1] as? String ?? ""]),
          try #require(edge[2] as? Double)
        )
      }
      let method = PageRank(
        damping: options["alpha"] as? Double ?? 0.85, tolerance: 0, maxIterations: iterations,
        parallel: Parallel(threads: 2))
      let result = method.rank(graph(nodes.count, parsed)).ranks
      #expect(areClose(result, nodes.map { expected[$0] ?? .nan }, 1e-12), "\(item["name"] ?? "")")
      compared += 1
    }
    #expect(compared >= 12)
  }
}
