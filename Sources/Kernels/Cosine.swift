/// Cosines in Double as scikit-learn's `cosine_similarity` computes them: rows are divided by their Euclidean length,
/// then multiplied. Not the hot path of serving, which multiplies rows that already have length 1.
///
/// The two kinds of rows differ where scikit-learn's do. A dense row whose length is below 10 ε (2.2e-15) is taken as
/// it is, as `normalize` does with `_handle_zeros_in_scale`; a sparse row is, unless the squares of its values sum to
/// 0.
package enum Cosine {
  /// The cosine of each pair of dense rows.
  ///
  /// - Parameters:
  ///   - first: [m], rows of the same length as those of `second`.
  ///   - second: [n].
  /// - Returns: [m, n], row-major.
  /// - Complexity: O(m · n · length).
  package static func dense(_ first: [[Double]], _ second: [[Double]]) -> [Double] {
    let (left, right) = (first.map(normalised), second.map(normalised))
    return left.flatMap { row in
      right.map { other in
        precondition(row.count == other.count, "rows of \(row.count) and \(other.count) numbers")
        return zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
  }

  private static func normalised(_ row: [Double]) -> [Double] {
    let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length < 10 * Double.ulpOfOne ? row : row.map { $0 / length }
  }

  /// The cosine of one sparse row with each of others.
  ///
  /// - Parameters:
  ///   - query: row of `queries`.
  ///   - rows: which rows of `table`, each inside it.
  ///   - table: [rows, columns].
  ///   - columnCount: more than any column of `queries` and `table`.
  /// - Returns: one cosine per element of `rows`.
  /// - Complexity: O(columnCount + entries of these rows).
  package static func sparse(
    query: Int, of queries: SparseRows<Double>, to rows: Range<Int>, of table: SparseRows<Double>, columnCount: Int
  ) -> [Double] {
    var dense = [Double](repeating: 0, count: columnCount)
    let own = queries.entries(ofRow: query)
    let length = Self.length(queries.values[own])
    for entry in own { dense[Int(queries.columns[entry])] += queries.values[entry] / length }
    return dense.withUnsafeBufferPointer { dense in
      table.columns.withUnsafeBufferPointer { columns in
        table.values.withUnsafeBufferPointer { values in
          rows.map { cosine(table.entries(ofRow: $0), columns, values, dense) }
        }
      }
    }
  }

  @inline(__always)
  private static func cosine(
    _ entries: Range<Int>, _ columns: UnsafeBufferPointer<UInt32>, _ values: UnsafeBufferPointer<Double>,
    _ dense: UnsafeBufferPointer<Double>
  ) -> Double {
    let length = Self.length(values[entries])
    // Each value is divided before it is multiplied: the product of a tiny and a huge number would lose digits.
    var sum = 0.0
    for entry in entries { sum += values[entry] / length * dense[Int(columns[entry])] }
    return sum
  }

  /// What a sparse row is divided by: its Euclidean length, or 1 where its squares are 0.
  @inline(__always)
  private static func length(_ values: some Collection<Double>) -> Double {
    var squares = 0.0
    for value in values { squares += value * value }
    return squares == 0 ? 1 : squares.squareRoot()
  }
}
