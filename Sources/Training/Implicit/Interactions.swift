import Kernels

/// Who engaged with what, and how much: users × items, sparse, pairs that occur more than once summed.
package struct Interactions: Sendable {
  package let userCount: Int
  package let itemCount: Int
  /// Row = user, column = item.
  package let byUser: SparseRows<Float>

  /// Interactions in any order.
  ///
  /// - Throws: ``ImplicitError`` for columns of unequal length, unknown users or items, and values that are no numbers.
  /// - Complexity: O(users + interactions log interactions).
  package init(
    userCount: Int, itemCount: Int, users: [UInt32], items: [UInt32], values: [Float]
  ) throws(ImplicitError) {
    guard users.count == items.count, users.count == values.count else {
      throw .unequalColumns(users: users.count, items: items.count, values: values.count)
    }
    for index in values.indices {
      if Int(users[index]) >= userCount || Int(items[index]) >= itemCount {
        throw .badPlace(
          interaction: index, user: users[index], item: items[index], userCount: userCount, itemCount: itemCount)
      }
      if !values[index].isFinite {
        throw .badValue(
          user: Int(users[index]), item: Int(items[index]), value: values[index], reason: "must be a finite number")
      }
    }
    self.userCount = userCount
    self.itemCount = itemCount
    byUser = Self.merged(SparseRows(rowCount: userCount, rows: users, columns: items, values: values))
  }

  /// The same matrix with neighbouring entries of one place added up.
  private static func merged(_ rows: SparseRows<Float>) -> SparseRows<Float> {
    var offsets: [UInt64] = [0]
    var columns: [UInt32] = []
    var values: [Float] = []
    for row in 0..<rows.rowCount {
      let first = columns.count
      for entry in rows.entries(ofRow: row) {
        if columns.count > first, columns[columns.count - 1] == rows.columns[entry] {
          values[values.count - 1] += rows.values[entry]
        } else {
          columns.append(rows.columns[entry])
          values.append(rows.values[entry])
        }
      }
      offsets.append(UInt64(columns.count))
    }
    return SparseRows(offsets: offsets, columns: columns, values: values)
  }
}
