/// Sparse rows: a view into the memory of a ``TensorSet``, which must outlive it and has checked it.
public struct SparseColumn: @unchecked Sendable {
  /// [rowCount + 1]: row r holds the entries `offsets[r]..<offsets[r + 1]`.
  public let offsets: UnsafeBufferPointer<UInt64>
  /// Columns of the entries, strictly ascending within a row, each below the number of columns asked for.
  public let terms: UnsafeBufferPointer<UInt32>
  /// Values of the entries, all finite.
  public let weights: UnsafeBufferPointer<Float>

  /// Rows of the matrix.
  public var rowCount: Int { offsets.count - 1 }

  /// The places of a row's entries in ``terms`` and ``weights``. `row` must be below ``rowCount``.
  public func entries(ofRow row: Int) -> Range<Int> {
    precondition(row >= 0 && row < rowCount, "row \(row) of \(rowCount)")
    return Int(truncatingIfNeeded: offsets[row])..<Int(truncatingIfNeeded: offsets[row + 1])
  }
}
