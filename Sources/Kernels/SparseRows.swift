/// A sparse matrix in compressed rows: entry e of row r, for e in `offsets[r]..<offsets[r + 1]`, stands in column
/// `columns[e]` and has the value `values[e]`. Columns ascend within a row.
///
/// Everything is inlinable, because a generic loop that is not specialised for its value is some twenty times slower.
public struct SparseRows<Value> {
  /// [rowCount + 1], beginning with 0, never decreasing, ending with the number of entries.
  public var offsets: [UInt64]
  /// One per entry.
  public var columns: [UInt32]
  /// One per entry.
  public var values: [Value]

  /// A matrix from its three arrays, which must fit together as described above (ascending columns are not checked).
  @inlinable
  public init(offsets: [UInt64], columns: [UInt32], values: [Value]) {
    precondition(offsets.first == 0, "the first offset must be 0")
    precondition(offsets.last == UInt64(columns.count), "the last offset must be the number of entries")
    precondition(columns.count == values.count, "\(columns.count) columns with \(values.count) values")
    self.offsets = offsets
    self.columns = columns
    self.values = values
  }

  /// A matrix from entries in any order: entry i has row `rows[i]` (below `rowCount`) and column `columns[i]`.
  ///
  /// Entries are put into rows by a counting sort, then each row is sorted by column. Both steps are stable: entries of
  /// the same row and column stay separate and in the order given.
  /// - Complexity: O(rowCount + entries) where the columns of each row come in ascending order, else O(e log e) for a
  ///   row of e entries.
  @inlinable
  public init(rowCount: Int, rows: [UInt32], columns: [UInt32], values: [Value]) {
    precondition(
      rows.count == columns.count && rows.count == values.count,
      "\(rows.count) rows with \(columns.count) columns and \(values.count) values")
    let offsets = Self.startOffsets(of: rows, groupCount: rowCount)
    var next = offsets
    var source = [UInt32](repeating: 0, count: rows.count)
    for index in rows.indices {
      let row = Int(rows[index])
      source[Int(next[row])] = UInt32(index)
      next[row] += 1
    }
    Self.sortByColumn(&source, offsets: offsets, columns: columns)
    self.offsets = offsets
    self.columns = source.map { columns[Int($0)] }
    self.values = source.map { values[Int($0)] }
  }

  /// Rows of the matrix.
  @inlinable public var rowCount: Int { offsets.count - 1 }

  /// Entries of the matrix.
  @inlinable public var entryCount: Int { columns.count }

  /// The places of a row's entries in ``columns`` and ``values``.
  @inlinable
  public func entries(ofRow row: Int) -> Range<Int> {
    Int(offsets[row])..<Int(offsets[row + 1])
  }

  /// The matrix mirrored: its rows are this one's columns. All columns must be below `columnCount`.
  /// - Complexity: O(columnCount + entries).
  @inlinable
  public func transposed(columnCount: Int) -> SparseRows {
    let offsets = Self.startOffsets(of: columns, groupCount: columnCount)
    var next = offsets
    var source = [UInt32](repeating: 0, count: entryCount)
    var mirrored = [UInt32](repeating: 0, count: entryCount)
    for row in 0..<rowCount {
      for entry in entries(ofRow: row) {
        let place = Int(next[Int(columns[entry])])
        next[Int(columns[entry])] += 1
        source[place] = UInt32(entry)
        mirrored[place] = UInt32(row)
      }
    }
    return SparseRows(offsets: offsets, columns: mirrored, values: source.map { values[Int($0)] })
  }

  /// Where each group begins when the members, each naming its group, are put in order of group.
  @inlinable
  static func startOffsets(of groups: [UInt32], groupCount: Int) -> [UInt64] {
    var offsets = [UInt64](repeating: 0, count: groupCount + 1)
    for group in groups {
      offsets[Int(group) + 1] += 1
    }
    for group in 0..<groupCount {
      offsets[group + 1] += offsets[group]
    }
    return offsets
  }

  /// Sorts the entries of each row by column; `source` holds the entries' places in `columns`.
  @inlinable
  static func sortByColumn(_ source: inout [UInt32], offsets: [UInt64], columns: [UInt32]) {
    // Column and place packed into one number: sorting it sorts by column and keeps the order of equal columns,
    // because the places of a row ascend.
    var packed: [UInt64] = []
    for row in 0..<(offsets.count - 1) {
      let range = Int(offsets[row])..<Int(offsets[row + 1])
      var isAscending = true
      for entry in range.dropFirst() where columns[Int(source[entry - 1])] > columns[Int(source[entry])] {
        isAscending = false
        break
      }
      if isAscending { continue }
      packed.removeAll(keepingCapacity: true)
      for entry in range {
        packed.append(UInt64(columns[Int(source[entry])]) << 32 | UInt64(source[entry]))
      }
      packed.sort()
      for (entry, pair) in zip(range, packed) {
        source[entry] = UInt32(truncatingIfNeeded: pair)
      }
    }
  }
}

extension SparseRows: Sendable where Value: Sendable {}
extension SparseRows: Equatable where Value: Equatable {}
