/// Sparse rows of a table in ``Steps``, for ``LaneProducts``: entries by twos, so that one instruction multiplies and adds
/// both.
public final class SteppedSparseRows: @unchecked Sendable {
  /// Two entries of a row, the second perhaps of no weight.
  struct Pair {
    /// Where the two columns' numbers are in ``LaneVectors``, in bytes.
    var offsets: SIMD2<UInt32>
    /// Their values.
    var numbers: SIMD2<Int16>
  }

  /// Rows of the table.
  public let count: Int
  /// More than any column.
  public let columnCount: Int
  /// How the rows are kept.
  public let steps: Steps
  /// Entries of the longest row.
  public let mostEntries: Int
  /// [count + 1]: row r has the pairs `ends[r]..<ends[r + 1]`.
  let ends: UnsafeMutablePointer<Int>
  let pairs: UnsafeMutablePointer<Pair>

  /// Copies a table. O(count + entries).
  ///
  /// - Parameters:
  ///   - offsets: [count + 1]: row r has the entries `offsets[r]..<offsets[r + 1]`; empty for a table without entries.
  ///   - columns: of the entries, below `columnCount`, no column twice in a row.
  ///   - values: of the entries, finite.
  public init(
    offsets: UnsafeBufferPointer<UInt64>, columns: UnsafeBufferPointer<UInt32>, values: UnsafeBufferPointer<Float>,
    count: Int, columnCount: Int
  ) {
    precondition(offsets.isEmpty || offsets.count == count + 1, "\(offsets.count) offsets of \(count) rows")
    (self.count, self.columnCount) = (count, columnCount)
    func entries(_ row: Int) -> Range<Int> { offsets.isEmpty ? 0..<0 : Int(offsets[row])..<Int(offsets[row + 1]) }
    func row(_ row: Int) -> UnsafeBufferPointer<Float> { UnsafeBufferPointer(rebasing: values[entries(row)]) }
    ends = .allocate(capacity: count + 1)
    ends.initialize(repeating: 0, count: count + 1)
    for row in 0..<count { ends[row + 1] = ends[row] + (entries(row).count + 1) / 2 }
    pairs = .allocate(capacity: max(1, ends[count]))
    pairs.initialize(repeating: Pair(offsets: .zero, numbers: .zero), count: max(1, ends[count]))
    mostEntries = (0..<count).reduce(0) { max($0, entries($1).count) }
    let (pairs, ends) = (pairs, ends)
    var steps = Steps(longest: (0..<count).reduce(0) { max($0, Steps.length(row($1))) })
    for index in 0..<count {
      let first = entries(index).lowerBound
      steps.keep(row(index)) { place, step in
        let pair = pairs + ends[index] + place / 2
        let column = Int(columns[first + place])
        precondition(column < columnCount, "column \(column) of \(columnCount)")
        pair.pointee.offsets[place % 2] = UInt32(column * LaneVectors.columnBytes)
        pair.pointee.numbers[place % 2] = step
      }
    }
    self.steps = steps
  }

  deinit {
    ends.deallocate()
    pairs.deallocate()
  }
}
