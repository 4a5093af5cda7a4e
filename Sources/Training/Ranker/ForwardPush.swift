import Kernels

/// Personalised PageRank from one node by pushing residual forward (Andersen, Chung and Lang, "Local Graph Partitioning
/// using PageRank Vectors", FOCS 2006): touches the neighbourhood only, not the graph.
///
/// What is left unpushed at a node is below `threshold` times its degree. Confined to one thread.
struct ForwardPush {
  /// Probability of returning to the start at each step.
  static let restart = 0.2
  static let threshold = 1e-5

  private let graph: SparseRows<Float>
  private let totals: [Double]
  private var ranks: [Double]
  private var residuals: [Double]
  private var isQueued: [Bool]
  private var touched: [UInt32] = []
  private var queue: [UInt32] = []

  init(_ graph: SparseRows<Float>) {
    self.graph = graph
    totals = (0..<graph.rowCount).map { row in
      graph.entries(ofRow: row).reduce(0.0) { $0 + Double(graph.values[$1]) }
    }
    ranks = .init(repeating: 0, count: graph.rowCount)
    residuals = ranks
    isQueued = .init(repeating: false, count: graph.rowCount)
  }

  /// Calls `body` with each node reached and its rank, in order of first touch.
  mutating func run(from start: UInt32, _ body: (UInt32, Double) -> Void) {
    touch(start)
    residuals[Int(start)] = 1
    queue.append(start)
    isQueued[Int(start)] = true
    var head = 0
    while head < queue.count {
      let node = Int(queue[head])
      head += 1
      isQueued[node] = false
      push(node)
    }
    for node in touched {
      if ranks[Int(node)] > 0 { body(node, ranks[Int(node)]) }
      ranks[Int(node)] = 0
      residuals[Int(node)] = 0
    }
    touched.removeAll(keepingCapacity: true)
    queue.removeAll(keepingCapacity: true)
  }

  private mutating func push(_ node: Int) {
    let residual = residuals[node]
    residuals[node] = 0
    ranks[node] += Self.restart * residual
    guard totals[node] > 0 else { return }
    let share = (1 - Self.restart) * residual / totals[node]
    for entry in graph.entries(ofRow: node) {
      let next = graph.columns[entry]
      touch(next)
      residuals[Int(next)] += share * Double(graph.values[entry])
      let degree = Double(max(1, graph.entries(ofRow: Int(next)).count))
      if !isQueued[Int(next)], residuals[Int(next)] > Self.threshold * degree {
        isQueued[Int(next)] = true
        queue.append(next)
      }
    }
  }

  private mutating func touch(_ node: UInt32) {
    if ranks[Int(node)] == 0, residuals[Int(node)] == 0 { touched.append(node) }
  }
}
