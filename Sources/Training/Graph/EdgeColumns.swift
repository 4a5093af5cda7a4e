import Kernels

/// Edges column by column, checked and freed of those that carry nothing.
struct EdgeColumns {
  /// Edges that a thread checks at a time.
  private static let checkSize = 131_072

  let nodeCount: Int
  var sources: [UInt32]
  var destinations: [UInt32]
  /// nil if all weights are alike.
  var weights: [Double]?
  /// The edges given that are still there, parallel ones counted each.
  var count: Int
  var hasNegativeWeights = false

  /// Checks all nodes and weights. Where some weight is not positive, sums parallel edges and drops what then carries
  /// nothing; where all weights are equal, forgets them.
  mutating func simplify(negatives: DirectedGraph.NegativeWeights, parallel: Parallel) throws(GraphError) {
    try checkNodes(sources, parallel)
    try checkNodes(destinations, parallel)
    guard let weights, let first = weights.first else {
      self.weights = nil
      return
    }
    var (isUniform, isPositive, isFinite) = (true, true, true)
    for weight in weights {
      isUniform = isUniform && weight == first
      isPositive = isPositive && weight > 0
      isFinite = isFinite && weight.isFinite
    }
    if !isFinite, let edge = weights.firstIndex(where: { !$0.isFinite }) {
      throw .badWeight(edge: edge, weight: weights[edge])
    }
    if !isPositive {
      merge(weights, negatives: negatives)
    } else if isUniform {
      self.weights = nil
    }
  }

  private func checkNodes(_ nodes: [UInt32], _ parallel: Parallel) throws(GraphError) {
    let limit = UInt32(clamping: nodeCount)
    var isBad = [Bool](repeating: false, count: Parallel.chunkCount(of: nodes.count, size: Self.checkSize))
    isBad.withUnsafeMutableBufferPointer { isBad in
      parallel.forEachChunk(of: nodes.count, size: Self.checkSize) { chunk, range in
        // Without a way out, so that many are compared at once.
        var bad: UInt32 = 0
        for node in nodes[range] { bad |= node >= limit ? 1 : 0 }
        isBad[chunk] = bad != 0
      }
    }
    if isBad.contains(true), let edge = nodes.firstIndex(where: { $0 >= limit }) {
      throw .badNode(edge: edge, node: nodes[edge], nodeCount: nodeCount)
    }
  }

  /// Sums parallel edges in the order given.
  private mutating func merge(_ given: [Double], negatives: DirectedGraph.NegativeWeights) {
    let sorted = SparseRows(rowCount: nodeCount, rows: sources, columns: destinations, values: given)
    var merged = EdgeColumns(nodeCount: nodeCount, sources: [], destinations: [], weights: nil, count: 0)
    var kept: [Double] = []
    for source in 0..<nodeCount {
      let entries = sorted.entries(ofRow: source)
      let before = (edges: kept.count, count: merged.count)
      var (entry, leaving) = (entries.lowerBound, 0.0)
      while entry < entries.upperBound {
        let (destination, start) = (sorted.columns[entry], entry)
        var weight = 0.0
        while entry < entries.upperBound, sorted.columns[entry] == destination {
          weight += sorted.values[entry]
          entry += 1
        }
        if weight == 0 || (weight < 0 && negatives == .dropped) { continue }
        merged.sources.append(UInt32(source))
        merged.destinations.append(destination)
        kept.append(weight)
        leaving += weight
        merged.count += entry - start
        merged.hasNegativeWeights = merged.hasNegativeWeights || weight < 0
      }
      // What leaves sums to nothing: a dangling node.
      if leaving == 0, kept.count > before.edges {
        merged.sources.removeLast(kept.count - before.edges)
        merged.destinations.removeLast(kept.count - before.edges)
        kept.removeLast(kept.count - before.edges)
        merged.count = before.count
      }
    }
    merged.weights = kept
    self = merged
  }
}
