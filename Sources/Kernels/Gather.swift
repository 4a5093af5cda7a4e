import CIntrinsics

/// Reads at scattered rows of large tables: one call per request, not one per row.
///
/// The rows of a request lie all over a table that no cache holds, so the time goes into waiting for memory. Each
/// function asks for rows some steps ahead, so that many waits overlap. A row equal to `UInt32.max` (an unknown id)
/// gives 0; any other row must be inside the table.
public enum Gather {
  /// How many rows ahead a table row is requested; with 64 floats a row, more does not fit the CPU's fill buffers.
  private static let rowsAhead = 6
  /// How many rows ahead the offsets of a sparse row are requested; its terms follow at half of the distance.
  private static let offsetsAhead = 16
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
  ///   - offsets: [rows of the table + 1]: row r holds the entries `offsets[r]..<offsets[r + 1]`.
  ///   - terms: columns of the entries, each inside `dense`.
  ///   - weights: values of the entries.
  ///   - rows: which rows; `UInt32.max` gives 0.
  ///   - dense: the vector.
  ///   - into: receives `rows.count` floats. A row's products are summed in two interleaved sums, even places and odd.
  /// - Complexity: O(entries of the chosen rows).
  public static func sparseDots(
    offsets: UnsafePointer<UInt64>, terms: UnsafePointer<UInt32>, weights: UnsafePointer<Float>,
    rows: UnsafeBufferPointer<UInt32>, dense: UnsafePointer<Float>, into: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<min(offsetsAhead, rows.count) where rows[index] != .max {
      apus_prefetch(offsets + Int(rows[index]))
    }
    for index in 0..<rows.count {
      prefetchSparseRow(offsets, terms, weights, rows, index)
      let row = rows[index]
      if row == .max {
        into[index] = 0
        continue
      }
      let end = Int(truncatingIfNeeded: offsets[Int(row) &+ 1])
      var entry = Int(truncatingIfNeeded: offsets[Int(row)])
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

  /// Requests, far ahead, a row's offsets and, nearer, by when these have arrived, both ends of its entries (a row of
  /// a tweet's terms fits two cache lines).
  @inline(__always)
  private static func prefetchSparseRow(
    _ offsets: UnsafePointer<UInt64>, _ terms: UnsafePointer<UInt32>, _ weights: UnsafePointer<Float>,
    _ rows: UnsafeBufferPointer<UInt32>, _ index: Int
  ) {
    let far = index &+ offsetsAhead
    if far < rows.count, rows[far] != .max {
      apus_prefetch(offsets + Int(rows[far]))
    }
    let near = index &+ offsetsAhead / 2
    if near < rows.count, rows[near] != .max {
      let entry = Int(truncatingIfNeeded: offsets[Int(rows[near])])
      let end = Int(truncatingIfNeeded: offsets[Int(rows[near]) &+ 1])
      apus_prefetch(terms + entry)
      apus_prefetch(weights + entry)
      apus_prefetch(terms + (end &- 1))
      apus_prefetch(weights + (end &- 1))
    }
  }
}
