import Kernels

/// The power method, step by step as `_pagerank_scipy` of networkx 3 takes them.
///
/// Sums over all nodes are taken run by run and added in order, so that the ranks have the same bits on any number of
/// threads.
struct PowerMethod {
  /// Edges that a thread takes at a time.
  private static let runSize = 16_384

  let graph: DirectedGraph
  let damping: Double
  let maxIterations: Int
  let parallel: Parallel
  /// [N] by row, summing to 1; nil for even ones.
  let jumps: [Double]?
  let spread: [Double]?
  let start: [Double]?

  /// What a run of rows adds to the sums over all.
  private struct Part {
    var change = 0.0
    var dangling = 0.0
  }

  /// Iterates until `isEnough` of the last step's L1 norm.
  func run(
    until isEnough: (Double) -> Bool, report: (Int, Double) -> Void
  ) throws(GraphError) -> PageRank.Result {
    let result = iterate(until: isEnough, report: report)
    guard isEnough(result.error), result.iterations > 0 else {
      throw .notConverged(iterations: maxIterations, change: result.error)
    }
    return result
  }

  /// Iterates until the ranks are surely within `limit` of the solution, or to the last iteration.
  ///
  /// A step shrinks every difference to at most d times its L1 norm, so after a step of norm c no more than
  /// c · d / (1 − d) is left.
  func run(errorBelow limit: Double, report: (Int, Double) -> Void) -> PageRank.Result {
    let rest = damping / (1 - damping)
    var result = iterate(until: { $0 * rest < limit }, report: { report($0, $1 * rest) })
    result.error *= rest
    return result
  }

  private func iterate(until isEnough: (Double) -> Bool, report: (Int, Double) -> Void) -> PageRank.Result {
    let nodes = graph.nodeCount
    let even = 1 / Double(nodes)
    var ranks = start ?? [Double](repeating: even, count: nodes)
    var next = ranks
    var dangling = ranks[graph.activeCount...].reduce(0, +)
    var result = PageRank.Result(ranks: [], error: .infinity)
    let runs = RowBlocks(0..<nodes, of: graph, size: Self.runSize)
    var parts = [Part](repeating: Part(), count: runs.count)
    while result.iterations < maxIterations {
      step(runs, from: ranks, dangling: dangling, into: &next, &parts)
      swap(&ranks, &next)
      dangling = parts.reduce(0) { $0 + $1.dangling }
      result.error = parts.reduce(0) { $0 + $1.change }
      result.iterations += 1
      report(result.iterations, result.error)
      if isEnough(result.error) { break }
    }
    result.ranks = graph.rows.map { ranks[Int($0)] }
    return result
  }

  private func step(
    _ runs: RowBlocks, from ranks: [Double], dangling: Double, into next: inout [Double], _ parts: inout [Part]
  ) {
    let even = 1 / Double(graph.nodeCount)
    let active = graph.activeCount
    // What one unit of weight carries from each row.
    let carried = zip(ranks, graph.outgoing).map { $0 / $1 }
    next.withUnsafeMutableBufferPointer { next in
      parts.withUnsafeMutableBufferPointer { parts in
        carried.withUnsafeBufferPointer { carried in
          EdgePull.with(graph) { pull in
            parallel.forEachChunk(of: runs.count, size: 1) { run, _ in
              var part = Part()
              pull.forEach(runs[run], values: carried) { row, sum in
                let rank =
                  damping * (sum + dangling * (spread?[row] ?? even)) + (1 - damping) * (jumps?[row] ?? even)
                next[row] = rank
                part.change += abs(rank - ranks[row])
                if row >= active { part.dangling += rank }
              }
              parts[run] = part
            }
          }
        }
      }
    }
  }
}
