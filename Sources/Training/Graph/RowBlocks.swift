import Kernels

/// Rows cut into runs of about equal work, at places that depend on the graph alone.
struct RowBlocks {
  /// [count + 1] where the runs begin.
  let starts: [Int]

  var count: Int { starts.count - 1 }

  subscript(block: Int) -> Range<Int> { starts[block]..<starts[block + 1] }

  /// What a row costs beside its edges, in edges.
  private static let rowCost = 4

  /// Cuts `rows` into `count` runs; some may be empty.
  ///
  /// - Complexity: O(count · log rows).
  init(_ rows: Range<Int>, of graph: DirectedGraph, count: Int) {
    func work(before row: Int) -> Int { Int(graph.offsets[row]) + Self.rowCost * row }
    let (first, total) = (work(before: rows.lowerBound), work(before: rows.upperBound) - work(before: rows.lowerBound))
    starts = (0...count).map { block in
      if block == count { return rows.upperBound }
      let target = first + total / count * block
      return rows.partitionPoint { work(before: $0) >= target }
    }
  }

  /// Cuts `rows` into runs of about `size` edges.
  init(_ rows: Range<Int>, of graph: DirectedGraph, size: Int) {
    let edges = Int(graph.offsets[rows.upperBound] - graph.offsets[rows.lowerBound])
    self.init(rows, of: graph, count: max(1, (edges + Self.rowCost * rows.count + size - 1) / size))
  }
}
