import Glibc
import Kernels

/// Pairs counted: a sparse matrix in which each pair stands once, with the sum of its values.
struct CountedRows {
  let rows: SparseRows<Float>

  init(rowCount: Int, rows: [UInt32], columns: [UInt32], values: [Float]? = nil) {
    let all = SparseRows<Float>(
      rowCount: rowCount, rows: rows, columns: columns, values: values ?? .init(repeating: 1, count: rows.count))
    var offsets: [UInt64] = [0]
    var kept: [UInt32] = []
    var sums: [Float] = []
    for row in 0..<rowCount {
      let first = kept.count
      for entry in all.entries(ofRow: row) {
        if kept.count > first, kept[kept.count - 1] == all.columns[entry] {
          sums[sums.count - 1] += all.values[entry]
        } else {
          kept.append(all.columns[entry])
          sums.append(all.values[entry])
        }
      }
      offsets.append(UInt64(kept.count))
    }
    self.rows = SparseRows(offsets: offsets, columns: kept, values: sums)
  }

  /// ln(1 + value): the tenth time says less than the first.
  var logarithmic: SparseRows<Float> {
    var copy = rows
    for entry in copy.values.indices { copy.values[entry] = log1pf(copy.values[entry]) }
    return copy
  }
}
