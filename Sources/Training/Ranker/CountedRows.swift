import Glibc
import Kernels

/// Pairs counted: a sparse matrix in which each pair stands once, with the sum of its values.
struct CountedRows {
  let rows: SparseRows<Float>

  init(rowCount: Int, rows: [UInt32], columns: [UInt32], values: [Float]? = nil) {
    self.rows = SparseRows(
      rowCount: rowCount, rows: rows, columns: columns, values: values ?? .init(repeating: 1, count: rows.count)
    ).summingRepeats()
  }

  /// ln(1 + value): the tenth time says less than the first.
  var logarithmic: SparseRows<Float> {
    var copy = rows
    for entry in copy.values.indices { copy.values[entry] = log1pf(copy.values[entry]) }
    return copy
  }
}
