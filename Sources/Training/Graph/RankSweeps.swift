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
  /// The same where it is done once.
  private static let lastRunSize = 32_768
  /// More would take more memory, each having its own copy of the values, than they save time.
  private static let mostSweepers = 16

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

  /// What the sweeps have found.
  private struct Outcome {
    var iterations = 0
    var error = Double.infinity
    /// m.
    var scale = 1.0
    /// m as each stage of the sweep read it.
    var scales: [Double] = []
  }

  func run(report: (Int, Double) -> Void) -> PageRank.Result {
    let active = graph.activeCount
    let landed = jumps.map { $0[..<active].reduce(0, +) } ?? Double(active) / Double(graph.nodeCount)
    let stages = RowBlocks(0..<active, of: graph, count: Self.stageCount)
    let tables = SweepTables(stages: stages, workers: sweepers.threads)
    let start = tables.values(ofSweep: 0)
    for row in 0..<active { start[row] = jump(row) / graph.outgoing[row] }
    var outcome = Outcome()
    // Without edges among active nodes z = p there already. Without jumps to active nodes they have no rank.
    if graph.isBipartite || landed == 0 {
      outcome.error = 0
    } else if maxSweeps > 0 {
      outcome = sweep(stages, tables, keeping: keptShares(), landed: landed, report: report)
    }
    let carried = UnsafeBufferPointer(tables.values(ofSweep: outcome.iterations))
    return PageRank.Result(
      ranks: finished(carried, scale: outcome.scale), iterations: outcome.iterations, error: outcome.error)
  }

  private var sweepers: Parallel { Parallel(threads: min(parallel.threads, Self.mostSweepers)) }

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
    for row in lost.indices { lost[row] = 1 - damping * (1 - lost[row] / graph.outgoing[row]) }
    return lost
  }

  /// Sweeps until the error is surely small enough, or for the last time.
  private func sweep(
    _ stages: RowBlocks, _ tables: SweepTables, keeping: [Double], landed: Double, report: (Int, Double) -> Void
  ) -> Outcome {
    var outcome = Outcome()
    let runs = (0..<stages.count).map { RowBlocks(stages[$0], of: graph, size: Self.runSize) }
    let firstRuns = runs.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    var parts = [Part](repeating: Part(), count: firstRuns[stages.count])
    var scale = 1.0
    var round = stages.count
    parts.withUnsafeMutableBufferPointer { parts in
      withUnsafeMutablePointer(to: &scale) { scale in
        withUnsafeMutablePointer(to: &round) { round in
          EdgePull.with(graph) { edges in
            sweepers.forEachStage(taskCounts: runs.map(\.count)) { worker, stage, run in
              let values = tables.values(for: worker, inRound: round.pointee)
              let fresh = tables.values(ofSweep: round.pointee / stages.count)
              parts[firstRuns[stage] + run] = pull(
                runs[stage][run], edges, from: values, into: fresh, scale: scale.pointee, keeping: keeping)
            } finish: { stage in
              round.pointee += 1
              outcome.scales.append(scale.pointee)
              // In the first sweep the stages to come have no sum yet.
              if outcome.iterations > 0 || stage == stages.count - 1 {
                scale.pointee = parts.reduce(0) { $0 + $1.kept } / landed
              }
              if stage < stages.count - 1 { return true }
              outcome.scale = scale.pointee
              outcome.error = errorBound(parts, outcome, landed: landed)
              outcome.scales.removeAll(keepingCapacity: true)
              outcome.iterations += 1
              report(outcome.iterations, outcome.error)
              return outcome.iterations < maxSweeps && !(outcome.error < tolerance)
            }
          }
        }
      }
    }
    return outcome
  }

  /// A bound of the L1 error of the ranks after a sweep.
  ///
  /// The residual of z is what the changes of this sweep, and of m within it, would still bring, at most d · change +
  /// |Δm| · Σp; an error is at most residual / (1 − d); scaling to sum 1 at most doubles it.
  private func errorBound(_ parts: UnsafeMutableBufferPointer<Part>, _ outcome: Outcome, landed: Double) -> Double {
    let (change, mass) = parts.reduce((0, 0)) { ($0.0 + $1.change, $0.1 + $1.mass) }
    let drift = outcome.scales.reduce(0) { max($0, abs($1 - outcome.scale)) }
    return 2 * (damping * change + drift * landed) / (1 - damping) / mass
  }

  /// Finds the new values of some rows.
  private func pull(
    _ rows: Range<Int>, _ edges: EdgePull, from values: UnsafeBufferPointer<Double>,
    into fresh: UnsafeMutableBufferPointer<Double>, scale: Double, keeping: [Double]
  ) -> Part {
    let even = scale / Double(graph.nodeCount)
    var part = Part()
    keeping.withUnsafeBufferPointer { keeping in
      graph.outgoing.withUnsafeBufferPointer { outgoing in
        (jumps ?? []).withUnsafeBufferPointer { jumps in
          edges.forEach(rows, values: values) { row, sum in
            let value = (jumps.isEmpty ? even : scale * jumps[row]) + damping * sum
            let carried = value / outgoing[row]
            fresh[row] = carried
            part.change += abs(carried - values[row]) * outgoing[row]
            part.mass += value
            part.kept += value * keeping[row]
          }
        }
      }
    }
    return part
  }

  /// The ranks by node: the dangling rows from the active ones, all scaled to sum to 1.
  private func finished(_ carried: UnsafeBufferPointer<Double>, scale: Double) -> [Double] {
    let (nodes, active) = (graph.nodeCount, graph.activeCount)
    let blocks = RowBlocks(0..<nodes, of: graph, size: Self.lastRunSize)
    var sums = [Double](repeating: 0, count: blocks.count)
    let values = [Double](unsafeUninitializedCapacity: nodes) { values, count in
      sums.withUnsafeMutableBufferPointer { sums in
        EdgePull.with(graph) { pull in
          parallel.forEachChunk(of: blocks.count, size: 1) { block, _ in
            let rows = blocks[block]
            var sum = 0.0
            for row in rows.clamped(to: 0..<active) {
              values[row] = carried[row] * graph.outgoing[row]
              sum += values[row]
            }
            pull.forEach(rows.clamped(to: active..<nodes), values: carried) { row, pulled in
              values[row] = scale * jump(row) + damping * pulled
              sum += values[row]
            }
            sums[block] = sum
          }
        }
      }
      count = nodes
    }
    let factor = 1 / sums.reduce(0, +)
    return [Double](unsafeUninitializedCapacity: nodes) { ranks, count in
      parallel.forEachChunk(of: nodes, size: Self.lastRunSize) { _, chunk in
        for node in chunk { ranks[node] = values[Int(graph.rows[node])] * factor }
      }
      count = nodes
    }
  }
}
