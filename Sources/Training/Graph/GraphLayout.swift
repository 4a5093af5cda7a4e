import Kernels

/// Puts edges into rows by destination: a counting sort without comparisons.
struct GraphLayout {
  private(set) var activeCount = 0
  private(set) var rows: [UInt32] = []
  private(set) var offsets: [UInt32] = []
  private(set) var entrySources: [UInt32] = []
  private(set) var entryWeights: [Double] = []
  private(set) var outgoing: [Double] = []

  /// More parts than this would take more memory than they save time.
  private static let mostParts = 16

  private let nodeCount: Int
  /// Edges are counted and placed in this many ranges; an edge's place does not depend on their number.
  private let parts: Int
  private let parallel: Parallel

  /// - Throws: ``GraphError/tooSmall(node:sum:)`` and ``GraphError/tooLarge(node:sum:)``.
  /// - Complexity: O(nodes · threads + edges).
  init(of edges: EdgeColumns, parallel: Parallel) throws(GraphError) {
    self.parallel = parallel
    nodeCount = edges.nodeCount
    parts = max(1, min(parallel.threads, Self.mostParts))
    // [parts, N] edges of the part that enter the node.
    var entering = [UInt32](repeating: 0, count: parts * nodeCount)
    var leaving = [Double](repeating: 0, count: nodeCount)
    count(edges, entering: &entering, leaving: &leaving)
    var classes = NodeClasses(nodeCount: nodeCount, parts: parts)
    classes.count(entering: entering, leaving: leaving, parallel: parallel)
    try checkSums(leaving, isFit: classes.sumsAreFit)
    activeCount = classes.activeCount
    (rows, offsets, outgoing) = classes.place(leaving: leaving, parallel: parallel)
    let placement = EdgePlacement(
      edges: edges, rows: rows, offsets: offsets, partSize: partSize(edges.sources.count), parallel: parallel)
    (entrySources, entryWeights) = placement.entries(entering: entering, parts: parts)
  }

  private func partSize(_ count: Int) -> Int { max(1, (count + parts - 1) / parts) }

  /// Counts edges into each node, part by part, and sums the weights out of each, in the order of the edges.
  private func count(_ edges: EdgeColumns, entering: inout [UInt32], leaving: inout [Double]) {
    let size = partSize(edges.sources.count)
    entering.withUnsafeMutableBufferPointer { entering in
      leaving.withUnsafeMutableBufferPointer { leaving in
        // One more chunk of work than parts: the sums, whose order must not depend on the threads.
        parallel.forEachChunk(of: parts + 1, size: 1) { task, _ in
          if task == 0 {
            sumLeaving(edges, into: leaving)
          } else {
            let base = (task - 1) * nodeCount
            edges.destinations.withUnsafeBufferPointer { destinations in
              for edge in range(task - 1, size: size, count: destinations.count) {
                entering[base &+ Int(destinations[edge])] &+= 1
              }
            }
          }
        }
      }
    }
  }

  private func sumLeaving(_ edges: EdgeColumns, into leaving: UnsafeMutableBufferPointer<Double>) {
    edges.sources.withUnsafeBufferPointer { sources in
      if let weights = edges.weights {
        weights.withUnsafeBufferPointer { weights in
          for edge in 0..<sources.count { leaving[Int(sources[edge])] += weights[edge] }
        }
      } else {
        for source in sources { leaving[Int(source)] += 1 }
      }
    }
  }

  private func checkSums(_ leaving: [Double], isFit: Bool) throws(GraphError) {
    guard !isFit, let node = leaving.firstIndex(where: { !NodeClasses.isFit($0) }) else { return }
    let sum = leaving[node]
    if sum.magnitude < .leastNormalMagnitude { throw .tooSmall(node: node, sum: sum) }
    throw .tooLarge(node: node, sum: sum)
  }

  private func range(_ part: Int, size: Int, count: Int) -> Range<Int> {
    min(count, part * size)..<min(count, (part + 1) * size)
  }
}
