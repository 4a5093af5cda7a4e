import Kernels

/// How raw signals become inputs of a blend: mean, deviation and the edges of the stairs, from the rows to learn from.
struct SignalScaling {
  /// Steps of a signal at most: edges lie at the eighths of its distribution.
  static let steps = 7

  /// [S]
  private(set) var means: [Float] = []
  /// [S], positive.
  private(set) var scales: [Float] = []
  /// [S + 1] and the edges, ascending within a signal.
  private(set) var stepOffsets = [0]
  private(set) var edges: [Float] = []
  /// [S] whether a signal has more than one value.
  private(set) var varies: [Bool] = []

  init(_ lists: RankingLists) {
    for signal in 0..<lists.width {
      var column: [Float] = []
      column.reserveCapacity(lists.rows)
      for row in 0..<lists.rows {
        let value = lists.values[row * lists.width + signal]
        if !value.isNaN { column.append(value) }
      }
      column.sort()
      add(column)
    }
  }

  private mutating func add(_ sorted: [Float]) {
    guard let lowest = sorted.first, let highest = sorted.last, lowest < highest else {
      means.append(sorted.first ?? 0)
      scales.append(1)
      stepOffsets.append(edges.count)
      varies.append(false)
      return
    }
    let mean = sorted.reduce(0.0) { $0 + Double($1) } / Double(sorted.count)
    let variance = sorted.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(sorted.count)
    means.append(Float(mean))
    scales.append(Float(max(variance.squareRoot(), 1e-6)))
    varies.append(true)
    let first = edges.count
    for step in 1...Self.steps {
      // Half-way to the next value that occurs: counts take few values, and an edge on one of them would let the last
      // bit of a logarithm decide.
      let value = sorted[step * (sorted.count - 1) / (Self.steps + 1)]
      guard value < highest else { break }
      let edge = value + (sorted[sorted.indices.partitionPoint { sorted[$0] > value }] - value) / 2
      if edges.count == first || edge > edges[edges.count - 1] { edges.append(edge) }
    }
    stepOffsets.append(edges.count)
  }
}
