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
    byUser = SparseRows(rowCount: userCount, rows: users, columns: items, values: values).summingRepeats()
  }
}
