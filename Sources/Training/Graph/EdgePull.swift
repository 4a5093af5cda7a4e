/// The inner loop of every method: what a row's edges bring.
struct EdgePull {
  private let offsets: UnsafeBufferPointer<UInt32>
  private let sources: UnsafeBufferPointer<UInt32>
  /// Empty if all weights are 1.
  private let weights: UnsafeBufferPointer<Double>

  /// Calls `body` with the graph's entries where they lie.
  static func with<Result>(_ graph: DirectedGraph, _ body: (EdgePull) -> Result) -> Result {
    graph.offsets.withUnsafeBufferPointer { offsets in
      graph.sources.withUnsafeBufferPointer { sources in
        graph.weights.withUnsafeBufferPointer { weights in
          body(EdgePull(offsets: offsets, sources: sources, weights: weights))
        }
      }
    }
  }

  /// Calls `take` for each row, in order, with the row and the sum of weight · `values[source]` over its entries, added
  /// in the order of the entries.
  @inline(__always)
  func forEach(
    _ rows: Range<Int>, values: UnsafeBufferPointer<Double>, _ take: (_ row: Int, _ sum: Double) -> Void
  ) {
    var entry = Int(offsets[rows.lowerBound])
    for row in rows {
      let end = Int(offsets[row &+ 1])
      var sum = 0.0
      if weights.isEmpty {
        while entry < end {
          sum += values[Int(sources[entry])]
          entry &+= 1
        }
      } else {
        while entry < end {
          sum += weights[entry] * values[Int(sources[entry])]
          entry &+= 1
        }
      }
      take(row, sum)
    }
  }
}
