import Kernels

/// The largest products of each row of a sparse matrix with the others: M·Mᵀ without its diagonal, cut to `limit`.
///
/// Walks from a row to its columns and back to their rows, so that a pair costs what it shares (Gustavson 1978).
/// Columns with more than `crowd` rows are left out.
struct RowProducts {
  private let matrix: SparseRows<Float>
  private let mirrored: SparseRows<Float>
  private let crowd: Int
  private let limit: Int
  private let parallel: Parallel

  init(_ matrix: SparseRows<Float>, columnCount: Int, crowd: Int, limit: Int, parallel: Parallel) {
    self.matrix = matrix
    mirrored = matrix.transposed(columnCount: columnCount)
    self.crowd = crowd
    self.limit = limit
    self.parallel = parallel
  }

  /// `measure` makes a similarity of (row, other row, product); those of 0 and less are dropped, ties go to the lower
  /// row. Columns ascend.
  func rows(_ measure: (Int, Int, Float) -> Float) -> SparseRows<Float> {
    let chunkSize = 64
    var parts = [[[(UInt32, Float)]]](
      repeating: [], count: Parallel.chunkCount(of: matrix.rowCount, size: chunkSize))
    withoutActuallyEscaping(measure) { measure in
      let measure = UncheckedMeasure(call: measure)
      parts.withUnsafeMutableBufferPointer { parts in
        parallel.forEachChunk(of: matrix.rowCount, size: chunkSize) { chunk, range in
          var sums = [Float](repeating: 0, count: matrix.rowCount)
          var met: [UInt32] = []
          for row in range { parts[chunk].append(nearest(row, &sums, &met, measure.call)) }
        }
      }
    }
    var offsets: [UInt64] = [0]
    var columns: [UInt32] = []
    var values: [Float] = []
    for row in parts.joined() {
      columns += row.map(\.0)
      values += row.map(\.1)
      offsets.append(UInt64(columns.count))
    }
    return SparseRows(offsets: offsets, columns: columns, values: values)
  }

  private func nearest(
    _ row: Int, _ sums: inout [Float], _ met: inout [UInt32], _ measure: (Int, Int, Float) -> Float
  ) -> [(UInt32, Float)] {
    for entry in matrix.entries(ofRow: row) {
      let others = mirrored.entries(ofRow: Int(matrix.columns[entry]))
      if others.count > crowd { continue }
      for other in others {
        let column = mirrored.columns[other]
        if sums[Int(column)] == 0 { met.append(column) }
        sums[Int(column)] += matrix.values[entry] * mirrored.values[other]
      }
    }
    var found: [(UInt32, Float)] = []
    for other in met {
      if other != UInt32(row) {
        let value = measure(row, Int(other), sums[Int(other)])
        if value > 0 { found.append((other, value)) }
      }
      sums[Int(other)] = 0
    }
    met.removeAll(keepingCapacity: true)
    if found.count > limit {
      found.sort { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 > $1.1 }
      found.removeLast(found.count - limit)
    }
    found.sort { $0.0 < $1.0 }
    return found
  }
}

/// A function that only reads: safe to call from several threads.
private struct UncheckedMeasure: @unchecked Sendable {
  let call: (Int, Int, Float) -> Float
}
