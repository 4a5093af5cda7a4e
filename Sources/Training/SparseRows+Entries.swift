import Kernels

extension SparseRows<Float> {
  /// The same matrix with neighbouring entries of one place added up. Columns ascend, so no two are left.
  func summingRepeats() -> SparseRows<Float> {
    var offsets: [UInt64] = [0]
    var columns: [UInt32] = []
    var values: [Float] = []
    for row in 0..<rowCount {
      let first = columns.count
      for entry in entries(ofRow: row) {
        if columns.count > first, columns[columns.count - 1] == self.columns[entry] {
          values[values.count - 1] += self.values[entry]
        } else {
          columns.append(self.columns[entry])
          values.append(self.values[entry])
        }
      }
      offsets.append(UInt64(columns.count))
    }
    return SparseRows(offsets: offsets, columns: columns, values: values)
  }

  /// The row of each entry.
  var rowOfEachEntry: [UInt32] {
    var rows: [UInt32] = []
    rows.reserveCapacity(entryCount)
    for row in 0..<rowCount { rows += repeatElement(UInt32(row), count: entries(ofRow: row).count) }
    return rows
  }
}
