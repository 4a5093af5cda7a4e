import Kernels

/// A weighted directed graph, laid out for pulling along incoming edges.
///
/// Nodes are stored in another order, as rows: first the *active* nodes, which edges leave, then the dangling ones;
/// within both those with most incoming edges first. So the values that edges read lie together, no iteration has to
/// look at edges into dangling nodes, and the lengths of neighbouring rows are alike, which the CPU predicts.
package struct DirectedGraph: Sendable {
  /// What to do with edges whose weight, parallel edges summed, is below zero.
  package enum NegativeWeights: Sendable {
    /// They are no edges.
    case dropped
    /// They take part as in networkx, where a node is dangling if the weights that leave it sum to zero.
    case kept
  }

  /// Nodes; they are numbered from 0.
  package let nodeCount: Int
  /// The edges given, without those that carry nothing; parallel edges count each.
  package let edgeCount: Int
  /// Nodes that weight leaves; they have the rows below this.
  package let activeCount: Int
  /// [N] row of each node.
  let rows: [UInt32]
  /// [N + 1] row r is entered by the entries `offsets[r]..<offsets[r + 1]`.
  let offsets: [UInt32]
  /// [entries] row of the node that the edge leaves; always an active one.
  let sources: [UInt32]
  /// [entries] the edges' weights; empty if all weights are equal, which then count as 1.
  let weights: [Double]
  /// [active] sum of the weights that leave each row; never 0.
  let outgoing: [Double]
  /// Whether a weight is negative, so that shares are no probabilities.
  let hasNegativeWeights: Bool

  /// Entries of active rows come before this one.
  var activeEntries: Int { Int(offsets[activeCount]) }

  /// Whether every edge ends in a dangling node, as from users to tweets: the ranks then have a closed form.
  package var isBipartite: Bool { activeEntries == 0 }

  /// A graph from edges in any order.
  ///
  /// - Parameters:
  ///   - nodeCount: N; every node named is below it.
  ///   - sources: node that each edge leaves.
  ///   - destinations: node that each edge enters.
  ///   - weights: one finite weight an edge; nil if all are alike. Parallel edges are summed, and an edge of weight 0
  ///     is none.
  ///   - negatives: what becomes of edges whose weight is negative.
  ///   - parallel: threads to build with; the graph does not depend on them.
  /// - Throws: ``GraphError`` for columns of unequal length, unknown nodes, weights that are no numbers, and nodes
  ///   whose leaving weights sum to what cannot be divided by.
  /// - Complexity: O(nodes + edges); O(nodes + edges log edges) where some weight is not positive.
  package init(
    nodeCount: Int, sources: [UInt32], destinations: [UInt32], weights: [Double]? = nil,
    negatives: NegativeWeights = .dropped, parallel: Parallel = Parallel(threads: 1)
  ) throws(GraphError) {
    guard sources.count == destinations.count, weights.map({ $0.count == sources.count }) ?? true else {
      throw .unequalColumns(
        sources: sources.count, destinations: destinations.count, weights: weights?.count ?? sources.count)
    }
    guard sources.count < UInt32.max else { throw .tooManyEdges(count: sources.count) }
    var edges = EdgeColumns(
      nodeCount: nodeCount, sources: sources, destinations: destinations, weights: weights, count: sources.count)
    try edges.simplify(negatives: negatives, parallel: parallel)
    self.init(try GraphLayout(of: edges, parallel: parallel), of: edges)
  }

  /// The graph that networkx makes of an undirected one: every edge in both directions, a self loop once.
  package init(
    nodeCount: Int, undirected ends: [UInt32], _ otherEnds: [UInt32], weights: [Double]? = nil,
    negatives: NegativeWeights = .dropped, parallel: Parallel = Parallel(threads: 1)
  ) throws(GraphError) {
    let mirrored = zip(ends, otherEnds).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset)
    // Columns of unequal length are told by the other initialiser.
    let mirroredWeights = weights.map { weights in
      weights + (weights.count == ends.count ? mirrored.map { weights[$0] } : [])
    }
    try self.init(
      nodeCount: nodeCount, sources: ends + mirrored.map { otherEnds[$0] },
      destinations: otherEnds + mirrored.map { ends[$0] }, weights: mirroredWeights, negatives: negatives,
      parallel: parallel)
  }

  private init(_ layout: GraphLayout, of edges: EdgeColumns) {
    nodeCount = edges.nodeCount
    edgeCount = edges.count
    activeCount = layout.activeCount
    rows = layout.rows
    offsets = layout.offsets
    sources = layout.entrySources
    weights = layout.entryWeights
    outgoing = layout.outgoing
    hasNegativeWeights = edges.hasNegativeWeights
  }
}
