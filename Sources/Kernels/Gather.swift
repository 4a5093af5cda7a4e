import CIntrinsics

/// Reads at scattered rows of large tables: one call per request, not one per row.
///
/// The rows of a request lie all over a table that no cache holds, so the time goes into waiting for memory. Each
/// function asks for rows some steps ahead, so that many waits overlap. A row equal to `UInt32.max` (an unknown id)
/// gives 0; any other row must be inside the table.
public enum Gather {
  /// How many rows ahead a table row is requested; with 64 floats a row, more does not fit the CPU's fill buffers.
  private static let rowsAhead = 6
  /// How many rows ahead the entries of a sparse row are requested.
  @usableFromInline static let sparseRowsAhead = 8
  /// Floats in one cache line.
  private static let lineFloats = 16

  /// The dot product of each chosen row with one vector: `into[i] = table[rows[i]] · vector`.
  ///
  /// - Parameters:
  ///   - table: [rows of the table, width], row-major.
  ///   - width: floats in a row and in `vector`.
  ///   - rows: which rows; `UInt32.max` gives 0.
  ///   - vector: [width].
  ///   - into: receives `rows.count` floats, each equal to ``Dense/dot(_:_:count:)`` of the same vectors.
  /// - Complexity: O(rows.count · width).
  public static func dots(
    table: UnsafePointer<Float>, width: Int, rows: UnsafeBufferPointer<UInt32>,
    vector: UnsafePointer<Float>, into: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<min(rowsAhead, rows.count) {
      prefetchRow(table, width, rows[index])
    }
    for index in 0..<rows.count {
      if index &+ rowsAhead < rows.count {
        prefetchRow(table, width, rows[index &+ rowsAhead])
      }
      let row = rows[index]
      into[index] =
        row == .max ? 0 : Dense.inlinedDot(table + Int(row) &* width, vector, count: width)
    }
  }

  /// The dot product of each chosen sparse row with one dense vector.
  ///
  /// - Parameters:
  ///   - entries: which entries row i has, by i below `count`; empty for an unknown row. The place should be in the cache.
  ///   - terms: columns of the entries, each inside `dense`.
  ///   - weights: values of the entries.
  ///   - dense: the vector.
  ///   - into: receives `count` floats. A row's products are summed in two interleaved sums, even places and odd.
  /// - Complexity: O(entries of the chosen rows).
  @inlinable @inline(__always)
  public static func sparseDots(
    count: Int, terms: UnsafePointer<UInt32>, weights: UnsafePointer<Float>, dense: UnsafePointer<Float>,
    into: UnsafeMutablePointer<Float>, entries: (Int) -> (first: Int, count: Int)
  ) {
    for index in 0..<min(sparseRowsAhead, count) { prefetchEntries(terms, weights, entries(index)) }
    for index in 0..<count {
      if index &+ sparseRowsAhead < count { prefetchEntries(terms, weights, entries(index &+ sparseRowsAhead)) }
      let own = entries(index)
      var entry = own.first
      let end = entry &+ own.count
      var even: Float = 0
      var odd: Float = 0
      while entry &+ 2 <= end {
        even += weights[entry] * dense[Int(terms[entry])]
        odd += weights[entry &+ 1] * dense[Int(terms[entry &+ 1])]
        entry &+= 2
      }
      if entry < end {
        even += weights[entry] * dense[Int(terms[entry])]
      }
      into[index] = even + odd
    }
  }

  /// Requests both ends of a row's entries (a row of a tweet's terms fits two cache lines).
  @inlinable @inline(__always)
  static func prefetchEntries(
    _ terms: UnsafePointer<UInt32>, _ weights: UnsafePointer<Float>, _ entries: (first: Int, count: Int)
  ) {
    guard entries.count > 0 else { return }
    let last = entries.first &+ entries.count &- 1
    Prefetch.line(at: terms + entries.first)
    Prefetch.line(at: weights + entries.first)
    Prefetch.line(at: terms + last)
    Prefetch.line(at: weights + last)
  }

  /// Requests every cache line of a row.
  @inline(__always)
  private static func prefetchRow(_ table: UnsafePointer<Float>, _ width: Int, _ row: UInt32) {
    guard row != .max else { return }
    let start = table + Int(row) &* width
    var column = 0
    while column < width {
      apus_prefetch(start + column)
      column &+= lineFloats
    }
  }
}
