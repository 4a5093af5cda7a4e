import Kernels

/// Solves for the ranks by block Gauss–Seidel sweeps over the active nodes only.
///
/// Where dangling rank lands as jumps do, r is a multiple of the z that solves z = m·p + d·Pᵀz for any m > 0
/// (Gleich, "PageRank beyond the Web", SIAM Review 2015, section 2.1), and dangling nodes feed nobody. So only the
/// active rows are iterated; the dangling ones follow at the end. m is held to the value for which the solution has the
/// mass that z has: the errors then sum to zero, and shrink as in the power method with its second eigenvalue instead
/// of by d.
///
/// The rows are cut into stages at places that depend on the graph alone. Each stage reads what the stages before it
/// wrote in the same sweep; its own rows see the sweep before. So a stage's rows can be taken in any order, by any
/// number of threads, for the same bits.
struct RankSweeps {
  /// More stages converge faster (as Gauss–Seidel) and let fewer rows be taken at once.
  private static let stageCount = 8
  /// Edges that a thread takes at a time, about.
  private static let runSize = 8192

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
    /// [active] z / leaving weight: what one unit of weight carries.
    var carried: [Double]
    /// [active] the same of the stage at work, before it may be seen.
    var fresh: [Double]
    /// m.
    var scale = 1.0
  }

  /// What the sweeps have found.
  private struct Outcome {
    var iterations = 0
    var error = Double.infinity
    /// m as each stage of the sweep read it.
    var scales: [Double] = []
  }

  func run(report: (Int, Double) -> Void) -> PageRank.Result {
    let active = graph.activeCount
    let landed = (0..<active).reduce(0.0) { $0 + jump($1) }
    let start = (0..<active).map { jump($0) / graph.outgoing[$0] }
    var state = State(carried: start, fresh: start)
    var result = PageRank.Result(ranks: [])
    // Without edges among active nodes z = p there already. Without jumps to active nodes they have no rank.
    if !graph.isBipartite, landed > 0 {
      let outcome = sweep(&state, keeping: keptShares(), landed: landed, report: report)
      (result.iterations, result.error) = (outcome.iterations, outcome.error)
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

  /// Sweeps until the error is surely small enough, or for the last time.
  private func sweep(
    _ state: inout State, keeping: [Double], landed: Double, report: (Int, Double) -> Void
  ) -> Outcome {
    var outcome = Outcome()
    if maxSweeps < 1 { return outcome }
    let stages = RowBlocks(0..<graph.activeCount, of: graph, count: Self.stageCount)
    let runs = (0..<stages.count).map { RowBlocks(stages[$0], of: graph, size: Self.runSize) }
    let firstRuns = runs.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    var parts = [Part](repeating: Part(), count: firstRuns[stages.count])
    withTables(&state, &parts) { tables in
      // Each stage's values are found, then let be seen.
      parallel.forEachStage(taskCounts: runs.flatMap { [$0.count, $0.count] }) { step, run in
        let stage = step / 2
        if step % 2 == 0 {
          tables.parts[firstRuns[stage] + run] = pull(runs[stage][run], tables, keeping: keeping)
        } else {
          publish(runs[stage][run], tables)
        }
      } finish: { step in
        if step % 2 == 0 {
          outcome.scales.append(tables.scale.pointee)
          // In the first sweep the stages to come have no sum yet.
          if outcome.iterations > 0 || step == 2 * stages.count - 2 {
            tables.scale.pointee = tables.parts.reduce(0) { $0 + $1.kept } / landed
          }
          return true
        }
        if step < 2 * stages.count - 1 { return true }
        outcome.error = errorBound(tables, outcome.scales, landed: landed)
        outcome.scales.removeAll(keepingCapacity: true)
        outcome.iterations += 1
        report(outcome.iterations, outcome.error)
        return outcome.iterations < maxSweeps && !(outcome.error < tolerance)
      }
    }
    return outcome
  }

  /// A bound of the L1 error of the ranks after a sweep.
  ///
  /// The residual of z is what the changes of this sweep, and of m within it, would still bring, at most d · change +
  /// |Δm| · Σp; an error is at most residual / (1 − d); scaling to sum 1 at most doubles it.
  private func errorBound(_ tables: Tables, _ scales: [Double], landed: Double) -> Double {
    let (change, mass) = tables.parts.reduce((0, 0)) { ($0.0 + $1.change, $0.1 + $1.mass) }
    let drift = scales.reduce(0) { max($0, abs($1 - tables.scale.pointee)) }
    return 2 * (damping * change + drift * landed) / (1 - damping) / mass
  }

  /// The state where it lies, for work that several threads share.
  private struct Tables {
    let carried: UnsafeMutableBufferPointer<Double>
    let fresh: UnsafeMutableBufferPointer<Double>
    let parts: UnsafeMutableBufferPointer<Part>
    let scale: UnsafeMutablePointer<Double>
    let edges: EdgePull
  }

  private func withTables(_ state: inout State, _ parts: inout [Part], _ body: (Tables) -> Void) {
    state.carried.withUnsafeMutableBufferPointer { carried in
      state.fresh.withUnsafeMutableBufferPointer { fresh in
        parts.withUnsafeMutableBufferPointer { parts in
          withUnsafeMutablePointer(to: &state.scale) { scale in
            EdgePull.with(graph) { edges in
              body(Tables(carried: carried, fresh: fresh, parts: parts, scale: scale, edges: edges))
            }
          }
        }
      }
    }
  }

  /// Finds the new values of some rows.
  private func pull(_ rows: Range<Int>, _ tables: Tables, keeping: [Double]) -> Part {
    let scale = tables.scale.pointee
    let even = scale / Double(graph.nodeCount)
    var part = Part()
    keeping.withUnsafeBufferPointer { keeping in
      graph.outgoing.withUnsafeBufferPointer { outgoing in
        (jumps ?? []).withUnsafeBufferPointer { jumps in
          tables.edges.forEach(rows, values: UnsafeBufferPointer(tables.carried)) { row, sum in
            let value = (jumps.isEmpty ? even : scale * jumps[row]) + damping * sum
            let carried = value / outgoing[row]
            tables.fresh[row] = carried
            part.change += abs(carried - tables.carried[row]) * outgoing[row]
            part.mass += value
            part.kept += value * keeping[row]
          }
        }
      }
    }
    return part
  }

  /// Lets the new values of some rows be seen.
  private func publish(_ rows: Range<Int>, _ tables: Tables) {
    for row in rows { tables.carried[row] = tables.fresh[row] }
  }

  /// The ranks by node: the dangling rows from the active ones, all scaled to sum to 1.
  private func finished(_ state: State) -> [Double] {
    var values = zip(state.carried, graph.outgoing).map { $0 * $1 }
    values.reserveCapacity(graph.nodeCount)
    EdgePull.with(graph) { pull in
      let rows = graph.activeCount..<graph.nodeCount
      state.carried.withUnsafeBufferPointer { carried in
        pull.forEach(rows, values: carried) { row, sum in values.append(state.scale * jump(row) + damping * sum) }
      }
    }
    let scale = 1 / values.reduce(0, +)
    return graph.rows.map { values[Int($0)] * scale }
  }
}
