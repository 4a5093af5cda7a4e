import Kernels
import Testing

@testable import Training

@Suite("Graph layout")
struct GraphLayoutTests {
  /// Edges of one kind of graph.
  struct World: CustomTestStringConvertible {
    let name: String
    let nodes: Int
    let edges: [(source: Int, destination: Int)]

    var testDescription: String { name }

    /// - Parameter draw: a source and a destination.
    init(_ name: String, nodes: Int, edges: Int, draw: (inout SeededGenerator) -> (Int, Int)) {
      var generator = SeededGenerator(seed: 11)
      (self.name, self.nodes) = (name, nodes)
      self.edges = (0..<edges).map { _ in draw(&generator) }
    }
  }

  static let worlds = [
    World("no nodes", nodes: 0, edges: 0) { _ in (0, 0) },
    World("no edges", nodes: 5, edges: 0) { _ in (0, 0) },
    World("one node that links to itself", nodes: 1, edges: 3) { _ in (0, 0) },
    World("self loops only", nodes: 40, edges: 90) { generator in
      let node = generator.below(40)
      return (node, node)
    },
    World("few pairs, repeated often", nodes: 9, edges: 3_000) { ($0.below(3), 3 + $0.below(3)) },
    World("mostly isolated nodes", nodes: 30_000, edges: 200) { ($0.below(30_000), $0.below(30_000)) },
    World("half of the nodes dangling", nodes: 2_000, edges: 9_000) { ($0.below(1_000), $0.below(2_000)) },
    World("everybody links to one of two hubs", nodes: 5_000, edges: 80_000) { ($0.below(5_000), $0.below(2)) },
    World("one hub links to all", nodes: 50_000, edges: 70_000) { (7, $0.below(50_000)) },
    World("a few hubs, many others, more runs than threads", nodes: 20_000, edges: 300_000) { generator in
      let popular = generator.uniform()
      return (generator.below(16_000), Int(20_000 * popular * popular * popular * popular))
    },
  ]

  private func graph(_ world: World, weights: [Double]?, threads: Int) throws -> DirectedGraph {
    try DirectedGraph(
      nodeCount: world.nodes, sources: world.edges.map { UInt32($0.source) },
      destinations: world.edges.map { UInt32($0.destination) }, weights: weights,
      parallel: Parallel(threads: threads))
  }

  private func weights(_ world: World) -> [Double] {
    var generator = SeededGenerator(seed: 12)
    return world.edges.map { _ in 0.5 + generator.uniform() }
  }

  /// The tables in which two graphs differ, by name: what is unequal in large ones would take long to tell.
  private func differences(_ a: DirectedGraph, _ b: DirectedGraph) -> [String] {
    [
      ("activeCount", a.activeCount == b.activeCount), ("rows", a.rows == b.rows), ("offsets", a.offsets == b.offsets),
      ("sources", a.sources == b.sources), ("weights", a.weights == b.weights),
      ("outgoing", a.outgoing == b.outgoing),
    ].filter { !$0.1 }.map(\.0)
  }

  @Test("it is the stable sort of nodes by links, and of edges by the row entered", arguments: worlds)
  func againstSorting(world: World) throws {
    let weights = weights(world)
    var (entering, leaving) = ([Int](repeating: 0, count: world.nodes), [Double](repeating: 0, count: world.nodes))
    for (edge, weight) in zip(world.edges, weights) {
      entering[edge.destination] += 1
      leaving[edge.source] += weight
    }
    let order = (0..<world.nodes).sorted { a, b in
      if (leaving[a] == 0) != (leaving[b] == 0) { return leaving[b] == 0 }
      let (ofA, ofB) = (min(entering[a], 1023), min(entering[b], 1023))
      return ofA != ofB ? ofA > ofB : a < b
    }
    var rows = [UInt32](repeating: 0, count: world.nodes)
    for (row, node) in order.enumerated() { rows[node] = UInt32(row) }
    let byRow = world.edges.indices.sorted { a, b in
      let (rowOfA, rowOfB) = (rows[world.edges[a].destination], rows[world.edges[b].destination])
      return rowOfA != rowOfB ? rowOfA < rowOfB : a < b
    }
    let graph = try graph(world, weights: weights, threads: 3)
    #expect(graph.rows == rows)
    #expect(graph.offsets == order.reduce(into: [0]) { $0.append($0[$0.count - 1] + UInt32(entering[$1])) })
    #expect(graph.sources == byRow.map { rows[world.edges[$0].source] })
    #expect(graph.weights == byRow.map { weights[$0] })
    #expect(graph.outgoing == order.map { leaving[$0] }.filter { $0 != 0 })
  }

  @Test("it is the same on any number of threads, with weights and without", arguments: worlds)
  func threads(world: World) throws {
    for weights in [nil, weights(world)] {
      let alone = try graph(world, weights: weights, threads: 1)
      for threads in [2, 3, 4, 7, 40] {
        let shared = try graph(world, weights: weights, threads: threads)
        #expect(differences(shared, alone) == [], "\(threads) threads")
      }
    }
  }

  @Test("a node or a sum that is refused is named alike on any number of threads", arguments: [1, 2, 3, 4, 7])
  func errors(threads: Int) throws {
    let nodes = 1_000
    let ring = (0..<UInt32(nodes)).map { $0 }
    let next = ring.map { ($0 + 1) % UInt32(nodes) }
    for bad in [0, 333, 999] {
      var weights = [Double](repeating: 1, count: nodes)
      weights[bad] = .leastNonzeroMagnitude
      #expect(throws: GraphError.tooSmall(node: bad, sum: .leastNonzeroMagnitude)) {
        try DirectedGraph(
          nodeCount: nodes, sources: ring, destinations: next, weights: weights, parallel: Parallel(threads: threads))
      }
    }
    var long = [UInt32](repeating: 0, count: 400_000)
    long[399_999] = 1_000
    long[270_000] = 1_001
    #expect(throws: GraphError.badNode(edge: 270_000, node: 1_001, nodeCount: nodes)) {
      try DirectedGraph(
        nodeCount: nodes, sources: [UInt32](repeating: 0, count: 400_000), destinations: long,
        parallel: Parallel(threads: threads))
    }
  }
}
