import Kernels

/// PageRank by the power method (Page, Brin, Motwani and Winograd, 1999), pulling over incoming edges.
///
///     r'(v) = (1 − d + d·D) / N + d · Σ over edges u→v of w(u,v) / W(u) · r(u)
///
/// N nodes, d damping, W(u) the weight leaving u, D the rank of nodes that no edge leaves: it is spread evenly. The
/// ranks begin even and always sum to 1. Sums are taken in chunks of a fixed size, added in order, so that the result
/// has the same bits on any number of threads.
struct PageRank {
  /// The ranks and how near to the fixed point they are.
  struct Result {
    /// One per node, summing to 1.
    var ranks: [Double]
    var iterations = 0
    /// Sum over the nodes of the last iteration's change.
    var error = 0.0
  }

  /// Nodes a thread takes at a time.
  private static let chunkSize = 4096

  var damping = 0.85
  /// Iteration ends when the ranks' summed change falls below this.
  var tolerance = 1e-10
  var maxIterations = 200
  var parallel: Parallel

  /// Ranks the nodes; `report` hears the number of iterations done and the error reached.
  ///
  /// - Complexity: O(iterations · (nodes + edges)) time, O(nodes) space.
  func rank(_ graph: DirectedGraph, report: (Int, Double) -> Void = { _, _ in }) -> Result {
    let nodes = graph.nodeCount
    if nodes == 0 { return Result(ranks: []) }
    var result = Result(ranks: [Double](repeating: 1 / Double(nodes), count: nodes))
    var next = result.ranks
    let chunks = Parallel.chunkCount(of: nodes, size: Self.chunkSize)
    var parts = [(change: Double, dangling: Double)](repeating: (0, 0), count: chunks)
    var dangling = Double(graph.hasOutgoing.count { !$0 }) / Double(nodes)
    while result.iterations < maxIterations {
      let base = (1 - damping + damping * dangling) / Double(nodes)
      pull(graph, base: base, from: result.ranks, into: &next, &parts)
      swap(&result.ranks, &next)
      dangling = parts.reduce(0) { $0 + $1.dangling }
      result.error = parts.reduce(0) { $0 + $1.change }
      result.iterations += 1
      report(result.iterations, result.error)
      if result.error < tolerance { break }
    }
    return result
  }

  /// One iteration; each chunk's summed change and rank on dangling nodes go to its place in `parts`.
  private func pull(
    _ graph: DirectedGraph, base: Double, from ranks: [Double], into next: inout [Double],
    _ parts: inout [(change: Double, dangling: Double)]
  ) {
    next.withUnsafeMutableBufferPointer { next in
      parts.withUnsafeMutableBufferPointer { parts in
        graph.incoming.columns.withUnsafeBufferPointer { sources in
          graph.incoming.values.withUnsafeBufferPointer { shares in
            parallel.forEachChunk(of: ranks.count, size: Self.chunkSize) { chunk, nodes in
              var (change, dangling) = (0.0, 0.0)
              for node in nodes {
                var sum = 0.0
                for edge in graph.incoming.entries(ofRow: node) {
                  sum += shares[edge] * ranks[Int(sources[edge])]
                }
                let rank = base + damping * sum
                next[node] = rank
                change += abs(rank - ranks[node])
                if !graph.hasOutgoing[node] { dangling += rank }
              }
              parts[chunk] = (change, dangling)
            }
          }
        }
      }
    }
  }
}
