import Kernels

/// Confidences row by row, as the solvers read them.
struct ConfidenceRows: Sendable {
  /// Where `init` was asked for it, each row has its confidences of 1 and −1 last; columns ascend otherwise.
  let rows: SparseRows<Float>
  /// [rows] entries of each row before those that come last for being 1 or −1.
  private let weightedCounts: [UInt32]

  /// - Parameter isOrdered: whether confidences of 1 and −1 are put last; else all entries count as weighted.
  /// - Complexity: O(rows + entries).
  init(_ given: SparseRows<Float>, isOrdered: Bool) {
    guard isOrdered else {
      rows = given
      weightedCounts = (0..<given.rowCount).map { UInt32(given.entries(ofRow: $0).count) }
      return
    }
    var (columns, values) = (given.columns, given.values)
    var counts = [UInt32](repeating: 0, count: given.rowCount)
    for row in 0..<given.rowCount {
      let range = given.entries(ofRow: row)
      let ones = range.reduce(0) { $0 + (abs(given.values[$1]) == 1 ? 1 : 0) }
      counts[row] = UInt32(range.count - ones)
      if ones == 0 { continue }
      var (next, nextOne) = (range.lowerBound, range.upperBound - ones)
      for entry in range {
        let isOne = abs(given.values[entry]) == 1
        let place = isOne ? nextOne : next
        (columns[place], values[place]) = (given.columns[entry], given.values[entry])
        nextOne += isOne ? 1 : 0
        next += isOne ? 0 : 1
      }
    }
    rows = SparseRows(offsets: given.offsets, columns: columns, values: values)
    weightedCounts = counts
  }

  /// One row as the kernels read it.
  func withEntries(ofRow row: Int, _ body: (FactorEntries) -> Void) {
    let range = rows.entries(ofRow: row)
    rows.columns.withUnsafeBufferPointer { columns in
      rows.values.withUnsafeBufferPointer { values in
        guard let columns = columns.baseAddress, let values = values.baseAddress else { return }
        body(
          FactorEntries(
            columns: columns + range.lowerBound, confidences: values + range.lowerBound, count: range.count,
            weightedCount: Int(weightedCounts[row])))
      }
    }
  }
}
