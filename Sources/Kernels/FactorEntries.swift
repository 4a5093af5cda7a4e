/// One sparse row of confidences, as the solvers of factor models read it.
package struct FactorEntries {
  /// [count] rows of the other side's table.
  package let columns: UnsafePointer<UInt32>
  /// [count] confidence of each; a negative one says that the entry is disliked, with that confidence.
  package let confidences: UnsafePointer<Float>
  package let count: Int
  /// At most `count`: every entry from here on has a confidence of 1 or −1, and with it no weight in the matrix of the
  /// normal equations. Entries before may have any.
  package let weightedCount: Int

  /// Entries that lie at these places.
  package init(
    columns: UnsafePointer<UInt32>, confidences: UnsafePointer<Float>, count: Int, weightedCount: Int
  ) {
    self.columns = columns
    self.confidences = confidences
    self.count = count
    self.weightedCount = weightedCount
  }
}
