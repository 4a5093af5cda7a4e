import Kernels

/// Solves for the ranks by block Gauss–Seidel sweeps over the active nodes only.
///
/// Where dangling rank lands as jumps do, r is a multiple of the z that solves z = m·p + d·Pᵀz for any m > 0
/// (Gleich, "PageRank beyond the Web", SIAM Review 2015, section 2.1), and dangling nodes feed nobody. So only the active
/// rows are iterated; the dangling ones follow at the end. m is held to the value for which the solution has the mass that
/// z has: the errors then sum to zero, and shrink as in the power method with its second eigenvalue instead of by d.
///
/// The rows are cut into stages at places that depend on the graph alone. Each stage reads what the stages before it wrote
/// in the same sweep; its own rows see the sweep before. So a stage's rows can be taken in any order, by any number of
/// threads, for the same bits.
struct RankSweeps {
  /// More stages converge faster (as Gauss–Seidel) and let fewer rows be taken at once.
  private static let stageCount = 8
  /// Edges that a thread takes at a time, about.
  private static let runSize = 16_384

  let graph: DirectedGraph
  let damping: Double
  /// [N] p by row; nil for an even one.
  let jumps: [Double]?
  /// The L1 error wanted.
  let tolerance: Double
  let maxSweeps: Int
  let parallel: Parallel

  /// What a run of rows adds to the sums over all.
  private struct Part {
    var change = 0.0
    var mass = 0.0
    /// Of the mass, what stays among the active nodes' equations: Σ z · (1 − d · share that goes to active nodes).
    var kept = 0.0
  }

  /// What changes from sweep to sweep.
  private struct State {
    /// [active] z.
    var values: [Double]
    /// [active] d · z / leaving weight: what one unit of weight carries.
    var carried: [Double]
    /// [active] z of the stage at work, before it may be seen.
    var fresh: [Double]
    /// [runs], stage by stage.
    var parts: [Part]
    /// m.
    var scale = 1.0
  }

  func run(report: (Int, Double) -> Void) -> PageRank.Result {
    let active = graph.activeCount
    let landed = (0..<active).reduce(0.0) { $0 + jump($1) }
    var state = State(
      values: (0..<active).map { jump($0) }, carried: [], fresh: [Double](repeating: 0, count: active), parts: [])
    state.carried = zip(state.values, graph.outgoing).map { damping * $0 / $1 }
    var result = PageRank.Result(ranks: [])
    // Without edges among active nodes z = p there already. Without jumps to active nodes they have no rank.
    if !graph.isBipartite, landed > 0 {
      result.error = .infinity
      let stages = RowBlocks(0..<active, of: graph, count: Self.stageCount)
      let runs = (0..<stages.count).map { RowBlocks(stages[$0], of: graph, size: Self.runSize) }
      state.parts = [Part](repeating: Part(), count: runs.reduce(0) { $0 + $1.count })
      let keeping = keptShares()
      while result.iterations < maxSweeps, !(result.error < tolerance) {
        result.error = sweep(&state, runs, isFirst: result.iterations == 0, keeping: keeping, landed: landed)
        result.iterations += 1
        report(result.iterations, result.error)
      }
    }
    result.ranks = finished(state)
    return result
  }

  @inline(__always)
  private func jump(_ row: Int) -> Double { jumps?[row] ?? 1 / Double(graph.nodeCount) }

  /// [active] 1 − d · share of the leaving weight that goes to active nodes.
  private func keptShares() -> [Double] {
    var lost = [Double](repeating: 0, count: graph.activeCount)
    if graph.weights.isEmpty {
      for source in graph.sources[graph.activeEntries...] { lost[Int(source)] += 1 }
    } else {
      for entry in graph.activeEntries..<graph.sources.count {
        lost[Int(graph.sources[entry])] += graph.weights[entry]
      }
    }
    return zip(lost, graph.outgoing).map { 1 - damping * (1 - $0 / $1) }
  }

  /// One pass over all stages; returns a bound of the L1 error of the ranks.
  ///
  /// The residual of z is what the changes of this sweep, and of m within it, would still bring, at most d · change +
  /// |Δm| · Σp; an error is at most residual / (1 − d); scaling to sum 1 at most doubles it.
  private func sweep(
    _ state: inout State, _ runs: [RowBlocks], isFirst: Bool, keeping: [Double], landed: Double
  ) -> Double {
    var scales: [Double] = []
    var first = 0
    for stage in runs {
      scales.append(state.scale)
      pull(stage, &state, firstPart: first, keeping: keeping)
      first += stage.count
      // In the first sweep the stages to come have no sum yet.
      if !isFirst || first == state.parts.count { state.scale = state.parts.reduce(0) { $0 + $1.kept } / landed }
    }
    let (change, mass) = state.parts.reduce((0, 0)) { ($0.0 + $1.change, $0.1 + $1.mass) }
    let drift = scales.reduce(0) { max($0, abs($1 - state.scale)) }
    return 2 * (damping * change + drift * landed) / (1 - damping) / mass
  }

  /// Takes one stage's runs, then lets its values be seen.
  private func pull(_ stage: RowBlocks, _ state: inout State, firstPart: Int, keeping: [Double]) {
    let scale = state.scale
    let even = scale / Double(graph.nodeCount)
    state.fresh.withUnsafeMutableBufferPointer { fresh in
      state.values.withUnsafeMutableBufferPointer { values in
        state.carried.withUnsafeMutableBufferPointer { carried in
          state.parts.withUnsafeMutableBufferPointer { parts in
            keeping.withUnsafeBufferPointer { keeping in
              graph.outgoing.withUnsafeBufferPointer { outgoing in
                EdgePull.with(graph) { pull in
                  parallel.forEachChunk(of: stage.count, size: 1) { run, _ in
                    var part = Part()
                    pull.forEach(stage[run], values: UnsafeBufferPointer(carried)) { row, sum in
                      let value = (jumps.map { scale * $0[row] } ?? even) + sum
                      fresh[row] = value
                      part.change += abs(value - values[row])
                      part.mass += value
                      part.kept += value * keeping[row]
                    }
                    parts[firstPart + run] = part
                  }
                  parallel.forEachChunk(of: stage.count, size: 1) { run, _ in
                    for row in stage[run] {
                      values[row] = fresh[row]
                      carried[row] = damping * fresh[row] / outgoing[row]
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// The ranks by node: the dangling rows from the active ones, all scaled to sum to 1.
  private func finished(_ state: State) -> [Double] {
    var values = state.values
    values.reserveCapacity(graph.nodeCount)
    EdgePull.with(graph) { pull in
      let rows = graph.activeCount..<graph.nodeCount
      state.carried.withUnsafeBufferPointer { carried in
        pull.forEach(rows, values: carried) { row, sum in values.append(state.scale * jump(row) + sum) }
      }
    }
    let scale = 1 / values.reduce(0, +)
    return graph.rows.map { values[Int($0)] * scale }
  }
}
