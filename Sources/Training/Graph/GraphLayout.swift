import Kernels

/// Puts edges into rows by destination: a counting sort without comparisons.
struct GraphLayout {
  private(set) var activeCount = 0
  private(set) var rows: [UInt32] = []
  private(set) var offsets: [UInt32] = []
  private(set) var entrySources: [UInt32] = []
  private(set) var entryWeights: [Double] = []
  private(set) var outgoing: [Double] = []

  /// In-degrees from this on sort alike.
  private static let degreeClasses = 1024
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
    try checkSums(leaving)
    var degrees = [UInt32](repeating: 0, count: nodeCount)
    for part in 0..<parts {
      for node in 0..<nodeCount { degrees[node] &+= entering[part * nodeCount + node] }
    }
    let order = sortNodes(degrees: degrees, leaving: leaving)
    offsets = [UInt32](repeating: 0, count: nodeCount + 1)
    for (row, node) in order.enumerated() { offsets[row + 1] = offsets[row] + degrees[Int(node)] }
    outgoing = order.prefix(activeCount).map { leaving[Int($0)] }
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

  /// What leaves a node is 0 or can be divided by: normal, and so is its reciprocal.
  private func checkSums(_ leaving: [Double]) throws(GraphError) {
    let smallest = Double.leastNormalMagnitude
    let largest = 1 / smallest
    guard let node = leaving.firstIndex(where: { $0 != 0 && !($0.magnitude >= smallest && $0.magnitude <= largest) })
    else { return }
    let sum = leaving[node]
    if sum.magnitude < smallest { throw .tooSmall(node: node, sum: sum) }
    throw .tooLarge(node: node, sum: sum)
  }

  /// The nodes in the order of their rows; sets ``rows`` and ``activeCount``.
  private mutating func sortNodes(degrees: [UInt32], leaving: [Double]) -> [UInt32] {
    func classOf(_ node: Int) -> Int {
      let fewer = Self.degreeClasses - 1 - min(Int(degrees[node]), Self.degreeClasses - 1)
      return leaving[node] != 0 ? fewer : fewer + Self.degreeClasses
    }
    var next = [Int](repeating: 0, count: 2 * Self.degreeClasses + 1)
    for node in 0..<nodeCount { next[classOf(node) + 1] += 1 }
    for index in 0..<2 * Self.degreeClasses { next[index + 1] += next[index] }
    activeCount = next[Self.degreeClasses]
    rows = [UInt32](repeating: 0, count: nodeCount)
    var order = rows
    for node in 0..<nodeCount {
      let place = classOf(node)
      rows[node] = UInt32(truncatingIfNeeded: next[place])
      order[next[place]] = UInt32(truncatingIfNeeded: node)
      next[place] += 1
    }
    return order
  }

  private func range(_ part: Int, size: Int, count: Int) -> Range<Int> {
    min(count, part * size)..<min(count, (part + 1) * size)
  }
}
