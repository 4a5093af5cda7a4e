import Kernels
import Testing

@testable import Training

@Suite("Directed graph")
struct DirectedGraphTests {
  /// The graph as a matrix of shares, from its rows.
  private func shares(_ graph: DirectedGraph) -> [[Double]] {
    var nodes = [Int](repeating: 0, count: graph.nodeCount)
    for (node, row) in graph.rows.enumerated() { nodes[Int(row)] = node }
    var shares = [[Double]](repeating: [Double](repeating: 0, count: graph.nodeCount), count: graph.nodeCount)
    for row in 0..<graph.nodeCount {
      for entry in Int(graph.offsets[row])..<Int(graph.offsets[row + 1]) {
        let source = Int(graph.sources[entry])
        let weight = graph.weights.isEmpty ? 1 : graph.weights[entry]
        shares[nodes[source]][nodes[row]] += weight / graph.outgoing[source]
      }
    }
    return shares
  }

  @Test("random edges give the shares of a dense matrix, whatever is summed, dropped or kept")
  func againstDense() throws {
    var generator = SeededGenerator(seed: 3)
    for round in 0..<60 {
      let nodes = 1 + generator.below(12)
      let count = generator.below(5 * nodes)
      let sources = (0..<count).map { _ in UInt32(generator.below(nodes)) }
      let destinations = (0..<count).map { _ in UInt32(generator.below(nodes)) }
      // Some rounds have zeros and negative weights, small whole numbers so that they cancel.
      let weights = (0..<count).map { _ in Double(generator.below(5) + (round % 2 == 0 ? -2 : 1)) }
      let negatives: DirectedGraph.NegativeWeights = round % 4 == 0 ? .kept : .dropped
      var dense = [[Double]](repeating: [Double](repeating: 0, count: nodes), count: nodes)
      for edge in 0..<count { dense[Int(sources[edge])][Int(destinations[edge])] += weights[edge] }
      for row in 0..<nodes {
        if negatives == .dropped { dense[row] = dense[row].map { max($0, 0) } }
        let total = dense[row].reduce(0, +)
        dense[row] = dense[row].map { total == 0 ? 0 : $0 / total }
      }
      let graph = try DirectedGraph(
        nodeCount: nodes, sources: sources, destinations: destinations, weights: weights, negatives: negatives,
        parallel: Parallel(threads: 1 + round % 3))
      for (row, expected) in zip(shares(graph), dense) { #expect(largestDifference(row, expected) < 1e-15) }
      #expect(graph.activeCount == dense.count { $0.contains { $0 != 0 } })
      #expect(
        graph.isBipartite == !dense.contains { row in
          row.indices.contains { row[$0] != 0 && dense[$0].contains { $0 != 0 } }
        })
    }
  }

  @Test("edges that carry nothing are not counted, parallel ones are")
  func counts() throws {
    let graph = try DirectedGraph(
      nodeCount: 3, sources: [0, 0, 0, 1, 2, 2, 2], destinations: [1, 2, 1, 2, 1, 0, 0],
      weights: [0.5, 1, 1.5, 0, -3, 2, -2])
    #expect(graph.edgeCount == 3)
    #expect(graph.activeCount == 1)
    #expect(shares(graph) == [[0, 2.0 / 3, 1.0 / 3], [0, 0, 0], [0, 0, 0]])
    #expect(try DirectedGraph(nodeCount: 2, sources: [0, 0], destinations: [1, 1], weights: [2, 2]).edgeCount == 2)
  }

  @Test("an undirected edge goes both ways, a self loop once")
  func undirected() throws {
    let graph = try DirectedGraph(nodeCount: 3, undirected: [0, 2, 1], [1, 2, 2], weights: [2, 6, 3])
    #expect(shares(graph) == [[0, 1, 0], [0.4, 0, 0.6], [0, 1.0 / 3, 2.0 / 3]])
  }

  @Test("unknown nodes, weights that are no numbers and unequal columns are refused")
  func badInput() {
    func error(_ sources: [UInt32], _ destinations: [UInt32], _ weights: [Double]?) -> GraphError? {
      do throws(GraphError) {
        _ = try DirectedGraph(nodeCount: 2, sources: sources, destinations: destinations, weights: weights)
      } catch { return error }
      return nil
    }
    #expect(error([0, 2], [1, 1], nil) == .badNode(edge: 1, node: 2, nodeCount: 2))
    #expect(error([0], [7], [1]) == .badNode(edge: 0, node: 7, nodeCount: 2))
    #expect(error([0, 1], [1, 0], [1, .infinity]) == .badWeight(edge: 1, weight: .infinity))
    #expect(error([0], [1], [.nan])?.description == "edge 0 has the weight nan; it must be a finite number")
    #expect(error([0], [1, 0], nil) == .unequalColumns(sources: 1, destinations: 2, weights: 1))
    #expect(error([0], [1], []) == .unequalColumns(sources: 1, destinations: 1, weights: 0))
    #expect(error([], [], []) == nil)
  }

  @Test("weights that leave a node are refused where their sum, or its reciprocal, is no normal number")
  func sumsAtTheEdge() throws {
    // Node 0's edges weigh as told, node 1's are fit.
    func error(_ weights: Double..., negatives: DirectedGraph.NegativeWeights = .dropped) -> GraphError? {
      let edges = weights.map { _ in UInt32(1) }
      do throws(GraphError) {
        _ = try DirectedGraph(
          nodeCount: 3, sources: [2] + edges.map { $0 - 1 } + [1, 1], destinations: [0] + edges + [0, 2],
          weights: [1] + weights + [2, 1], negatives: negatives)
      } catch { return error }
      return nil
    }
    let (normal, most) = (Double.leastNormalMagnitude, 1 / Double.leastNormalMagnitude)
    let (least, tiny) = (Double.leastNonzeroMagnitude, 2000 * Double.leastNonzeroMagnitude)
    #expect(error(least) == .tooSmall(node: 0, sum: least))
    #expect(error(tiny, tiny) == .tooSmall(node: 0, sum: 2 * tiny))
    #expect(error(-tiny, negatives: .kept) == .tooSmall(node: 0, sum: -tiny))
    #expect(error(normal.nextDown) == .tooSmall(node: 0, sum: normal.nextDown))
    #expect(error(most.nextUp) == .tooLarge(node: 0, sum: most.nextUp))
    #expect(error(1e308, 1e308) == .tooLarge(node: 0, sum: .infinity))
    #expect(error(-1e308, -1e308, negatives: .kept) == .tooLarge(node: 0, sum: -.infinity))
    #expect(
      error(least)?.description == "the weights that leave node 0 sum to 5e-324, too little to divide by")
    #expect(error(Double.greatestFiniteMagnitude)?.description.hasSuffix("too much to divide by") == true)
    for fit in [normal, most, tiny + normal] { #expect(error(fit) == nil) }
    #expect(error(0) == nil)
    #expect(error(tiny, -tiny, negatives: .kept) == nil)
  }
}
