import Kernels
import ParitySupport
import Testing

@testable import Training

/// The largest difference between two vectors; infinite if one of them is missing or their lengths differ.
func largestDifference(_ a: [Double]?, _ b: [Double]?) -> Double {
  guard let a, let b, a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { max($0, $1.0 == $1.1 ? 0 : abs($1.0 - $1.1)) }
}

@Suite("PageRank parity")
struct PageRankParityTests {
  @Test("networkx's ranks come out to 1e-12 after its number of iterations", arguments: ParityPack.having("pagerank"))
  func cases(pack: ParityPack) throws {
    var compared = 0
    for item in try pack.json("pagerank/cases.json", as: [RankCase].self) where item.error == nil {
      let result = try item.method(threads: 2).rank(item.graph())
      #expect(result.iterations == item.iterations ?? 0, "\(item.name)")
      #expect(largestDifference(result.ranks, item.vector(item.pagerank)) <= 1e-12, "\(item.name)")
      compared += 1
    }
    #expect(compared >= 20)
  }

  @Test("networkx's errors are typed errors", arguments: ParityPack.having("pagerank"))
  func errors(pack: ParityPack) throws {
    var compared = 0
    for item in try pack.json("pagerank/cases.json", as: [RankCase].self) {
      guard let error = item.error else { continue }
      compared += 1
      do {
        _ = try item.method(threads: 1).rank(item.graph())
        Issue.record("\(item.name) should fail: \(error)")
      } catch GraphError.notConverged(let iterations, _) {
        #expect(error.hasPrefix("PowerIterationFailedConvergence"), "\(item.name)")
        #expect(iterations == item.options.maxIterations ?? 100)
      } catch GraphError.noWeight(let vector) {
        #expect(error.hasPrefix("ZeroDivisionError"), "\(item.name)")
        #expect(vector == "personalization")
      }
    }
    #expect(compared == 3)
  }

  @Test("by default the ranks are the exact ones", arguments: ParityPack.having("pagerank"))
  func exact(pack: ParityPack) throws {
    var compared = 0
    for item in try pack.json("pagerank/cases.json", as: [RankCase].self) {
      guard let exact = item.vector(item.exact) else { continue }
      var method = item.method(threads: 1)
      method.rule = PageRank().rule
      method.maxIterations = PageRank().maxIterations
      let result = try method.rank(item.graph())
      let distance = zip(result.ranks, exact).reduce(0) { $0 + abs($1.0 - $1.1) }
      #expect(distance <= max(result.error, 1e-13) && result.error <= 1e-10, "\(item.name): \(distance)")
      method.rule = .error(below: 1e-13)
      #expect(try largestDifference(method.rank(item.graph()).ranks, exact) <= 1e-12, "\(item.name)")
      compared += 1
    }
    #expect(compared >= 15)
  }

  @Test("a graph from users to tweets has its closed form, without iterating", arguments: ParityPack.having("pagerank"))
  func closedForm(pack: ParityPack) throws {
    let item = try #require(
      try pack.json("pagerank/cases.json", as: [RankCase].self).first { $0.name == "seed_bipartite" })
    let graph = try item.graph()
    #expect(graph.isBipartite)
    let result = try PageRank().rank(graph)
    #expect(result.iterations == 0 && result.error == 0)
    #expect(largestDifference(result.ranks, item.vector(item.closedForm)) <= 1e-15)
  }

  private struct Meta: Decodable {
    struct Medium: Decodable {
      let N: Int
      let E: Int
      let iters_default: Int
      let iters_tight: Int
    }
    let medium: Medium
  }

  @Test("a larger graph agrees at both tolerances", arguments: ParityPack.having("pagerank"))
  func medium(pack: ParityPack) throws {
    let meta = try pack.json("pagerank/meta.json", as: Meta.self).medium
    let edges = try pack.rows("pagerank/medium_edges.csv").map { row in
      (try #require(UInt32(row[0])), try #require(UInt32(row[1])), try #require(Double(row[2])))
    }
    let expected = try pack.rows("pagerank/medium_pagerank.csv").map { row in
      (try #require(Double(row[1])), try #require(Double(row[2])))
    }
    #expect(edges.count == meta.E && expected.count == meta.N)
    let graph = try DirectedGraph(
      nodeCount: meta.N, sources: edges.map(\.0), destinations: edges.map(\.1), weights: edges.map(\.2))
    let loose = try PageRank.networkx.rank(graph)
    #expect(loose.iterations == meta.iters_default)
    #expect(largestDifference(loose.ranks, expected.map(\.0)) <= 1e-12)
    let tight = try PageRank(rule: .networkx(tolerance: 1e-12), maxIterations: 500).rank(graph)
    #expect(tight.iterations == meta.iters_tight)
    #expect(largestDifference(tight.ranks, expected.map(\.1)) <= 1e-12)
    #expect(try largestDifference(PageRank().rank(graph).ranks, expected.map(\.1)) <= 1e-8)
  }
}
