import Kernels

/// PageRank (Page, Brin, Motwani and Winograd, 1999): the ranks r that solve
///
///     r = d · (Pᵀ r + D · q) + (1 − d) · p
///
/// d damping, P(u, v) the share of u's leaving weight that goes to v, D the rank of nodes that nothing leaves, p where
/// a jump lands, q where the rank of dangling nodes goes. The ranks sum to 1.
package struct PageRank: Sendable {
  /// When to stop.
  package enum Rule: Sendable {
    /// When the ranks are proven to be nearer to the solution than this, in the L1 norm; needs 0 ≤ damping < 1.
    case error(below: Double)
    /// As `networkx.pagerank` does: when one step of the power method changes the ranks by less than N · `tolerance`.
    case networkx(tolerance: Double)
  }

  /// The ranks and how they were reached.
  package struct Result: Sendable {
    /// [N] one per node, summing to 1.
    package var ranks: [Double]
    /// Passes over the edges; 0 where the solution has a closed form.
    package var iterations = 0
    /// With ``Rule/error(below:)`` a bound of the L1 distance to the solution, else the L1 norm of the last step.
    package var error = 0.0
  }

  /// d, the probability of following an edge instead of jumping.
  package var damping: Double
  /// By default the ranks are right to ten digits.
  package var rule: Rule
  /// With ``Rule/networkx(tolerance:)`` more are an error; with ``Rule/error(below:)`` the result then says how near it
  /// is.
  package var maxIterations: Int
  /// [N] p up to a factor; nil for an even distribution.
  package var personalization: [Double]?
  /// [N] q up to a factor; nil for p.
  package var dangling: [Double]?
  /// [N] ranks to begin with, up to a factor; nil for even ones.
  package var start: [Double]?
  /// Threads to use; the ranks do not depend on them.
  package var parallel: Parallel

  /// Jumps, dangling rank and start are even until told otherwise.
  package init(
    damping: Double = 0.85, rule: Rule = .error(below: 1e-10), maxIterations: Int = 1000,
    parallel: Parallel = Parallel(threads: 1)
  ) {
    self.damping = damping
    self.rule = rule
    self.maxIterations = maxIterations
    self.parallel = parallel
  }

  /// The defaults of networkx: 100 iterations, tolerance 1e-6.
  package static var networkx: PageRank {
    PageRank(rule: .networkx(tolerance: 1e-6), maxIterations: 100)
  }

  /// Ranks the nodes; `report` hears the number of iterations done and what is then known of the error.
  ///
  /// Under ``Rule/networkx(tolerance:)`` the steps are those of the power method. Else the same equations are solved
  /// directly where all edges end in dangling nodes, by block Gauss–Seidel sweeps (``RankSweeps``) where jumps and
  /// dangling rank land alike, and by the power method otherwise.
  ///
  /// - Throws: ``GraphError`` for vectors that are no distributions, a damping outside the rule's range, and a power
  ///   method that does not converge.
  /// - Complexity: O(iterations · (nodes + edges)) time, O(nodes · threads) space.
  package func rank(
    _ graph: DirectedGraph, report: (Int, Double) -> Void = { _, _ in }
  ) throws(GraphError) -> Result {
    guard damping.isFinite else { throw .badDamping(damping, reason: "must be a number") }
    if graph.nodeCount == 0 { return Result(ranks: []) }
    let jumps = try distribution(personalization, named: "personalization", graph)
    let spread = try distribution(dangling, named: "dangling", graph)
    let start = try distribution(start, named: "start", graph)
    switch rule {
    case .networkx(let tolerance):
      let limit = Double(graph.nodeCount) * tolerance
      return try power(graph, jumps, spread, start).run(until: { $0 < limit }, report: report)
    case .error(let below):
      guard damping >= 0, damping < 1 else {
        throw .badDamping(damping, reason: "must be at least 0 and less than 1 to bound the error")
      }
      if spread == nil, !graph.hasNegativeWeights {
        return RankSweeps(
          graph: graph, damping: damping, jumps: jumps, tolerance: below, maxSweeps: maxIterations, parallel: parallel
        ).run(report: report)
      }
      return power(graph, jumps, spread, start).run(errorBelow: below, report: report)
    }
  }

  private func power(
    _ graph: DirectedGraph, _ jumps: [Double]?, _ spread: [Double]?, _ start: [Double]?
  ) -> PowerMethod {
    PowerMethod(
      graph: graph, damping: damping, maxIterations: maxIterations, parallel: parallel, jumps: jumps,
      spread: spread ?? jumps, start: start)
  }

  /// The vector by row, scaled to sum to 1; nil stays nil.
  private func distribution(
    _ vector: [Double]?, named name: String, _ graph: DirectedGraph
  ) throws(GraphError) -> [Double]? {
    guard let vector else { return nil }
    guard vector.count == graph.nodeCount else {
      throw .badLength(vector: name, count: vector.count, nodeCount: graph.nodeCount)
    }
    if let node = vector.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .badEntry(vector: name, node: node, value: vector[node])
    }
    let sum = vector.reduce(0, +)
    guard sum > 0 else { throw .noWeight(vector: name) }
    guard sum.isFinite else { throw .badEntry(vector: "the sum of \(name)", node: 0, value: sum) }
    var byRow = [Double](repeating: 0, count: vector.count)
    for (node, value) in vector.enumerated() { byRow[Int(graph.rows[node])] = value / sum }
    return byRow
  }
}
