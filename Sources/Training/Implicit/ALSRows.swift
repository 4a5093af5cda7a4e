import Kernels

/// One half of an iteration: the rows of one side from those of the other.
struct ALSRows<Scalar: FactorScalar> {
  /// Rows that a thread takes at a time.
  private static var chunkSize: Int { 64 }
  /// Rows whose outer products are summed into one part of the Gram matrix.
  private static var gramChunkSize: Int { 2048 }
  /// A squared residual below which conjugate gradients stop.
  private static var negligible: Scalar { 1e-20 }

  let settings: ALSSettings
  let parallel: Parallel

  /// [stride, stride] Σ over rows y of y yᵀ.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func gram(of table: FactorMatrix<Scalar>) -> [Scalar] {
    let stride = table.stride
    let chunks = Parallel.chunkCount(of: table.rows, size: Self.gramChunkSize)
    var parts = [Scalar](repeating: 0, count: chunks * stride * stride)
    parts.withUnsafeMutableBufferPointer { parts in
      table.withTable { rows in
        guard let parts = parts.baseAddress else { return }
        parallel.forEachChunk(of: table.rows, size: Self.gramChunkSize) { chunk, range in
          Scalar.addOuterProducts(
            table: rows, rows: range, entries: nil, stride: stride, into: parts + chunk * stride * stride)
        }
      }
    }
    var sum = [Scalar](repeating: 0, count: stride * stride)
    for chunk in 0..<chunks {
      for index in sum.indices { sum[index] += parts[chunk * stride * stride + index] }
    }
    for line in 0..<stride {
      for column in 0..<line { sum[column * stride + line] = sum[line * stride + column] }
    }
    return sum
  }

  /// Solves each row's normal equations; a row without entries becomes 0.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func solve(
    _ table: inout FactorMatrix<Scalar>, from other: FactorMatrix<Scalar>, by confidences: ConfidenceRows,
    side: String
  ) throws(ImplicitError) {
    var matrix = gram(of: other)
    let regularization = Scalar(regularization)
    for factor in 0..<settings.factors { matrix[factor * table.stride + factor] += regularization }
    let chunks = Parallel.chunkCount(of: table.rows, size: Self.chunkSize)
    var singular = [Int?](repeating: nil, count: chunks)
    var infinite = singular
    let (stride, count) = (table.stride, table.rows)
    singular.withUnsafeMutableBufferPointer { singular in
      infinite.withUnsafeMutableBufferPointer { infinite in
        table.withMutableTable { rows in
          other.withTable { others in
            matrix.withUnsafeBufferPointer { matrix in
              guard let matrix = matrix.baseAddress else { return }
              parallel.forEachChunk(of: count, size: Self.chunkSize) { chunk, range in
                singular[chunk] = solve(range, of: rows, matrix, others, confidences, stride: stride)
                infinite[chunk] = range.first { !isFinite(rows + $0 * stride, stride) }
              }
            }
          }
        }
      }
    }
    if let row = singular.compactMap({ $0 }).first {
      throw .singular(side: side, row: row, regularization: settings.regularization)
    }
    if let row = infinite.compactMap({ $0 }).first { throw .diverged(side: side, row: row) }
  }

  /// The library reads it as Float for conjugate gradients.
  private var regularization: Double {
    settings.solver == .cholesky ? settings.regularization : Double(Float(settings.regularization))
  }

  /// Solves some rows; returns the first whose equations are singular.
  private func solve(
    _ range: Range<Int>, of rows: UnsafeMutablePointer<Scalar>, _ matrix: UnsafePointer<Scalar>,
    _ others: UnsafePointer<Scalar>, _ confidences: ConfidenceRows, stride: Int
  ) -> Int? {
    var singular: Int?
    let size = settings.solver == .cholesky ? stride * stride : 3 * stride
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: size) { scratch in
      guard let scratch = scratch.baseAddress else { return }
      for row in range {
        let x = rows + row * stride
        if confidences.rows.entries(ofRow: row).isEmpty {
          for factor in 0..<stride { x[factor] = 0 }
          continue
        }
        confidences.withEntries(ofRow: row) { entries in
          switch settings.solver {
          case .cholesky:
            let isSolved = decompose(x, matrix, others, entries, stride: stride, scratch: scratch)
            if !isSolved, singular == nil { singular = row }
          case .conjugateGradients(let steps):
            descend(x, matrix, others, entries, stride: stride, steps: steps, scratch: scratch)
          }
        }
      }
    }
    return singular
  }

  /// Whether all numbers of a row are finite.
  private func isFinite(_ row: UnsafePointer<Scalar>, _ stride: Int) -> Bool {
    // Where the squares' sum is finite, so are the numbers; the other way round it may overflow.
    Scalar.dot(row, row, count: stride).isFinite || (0..<stride).allSatisfy { row[$0].isFinite }
  }

  /// Conjugate gradients from the x there is; `scratch` holds 3 · stride numbers.
  private func descend(
    _ x: UnsafeMutablePointer<Scalar>, _ matrix: UnsafePointer<Scalar>, _ others: UnsafePointer<Scalar>,
    _ entries: FactorEntries, stride: Int, steps: Int, scratch: UnsafeMutablePointer<Scalar>
  ) {
    let (left, direction, drop) = (scratch, scratch + stride, scratch + 2 * stride)
    Scalar.residual(
      matrix: matrix, x: x, table: others, entries: entries, stride: stride, hasTargets: true, into: left)
    for index in 0..<stride { direction[index] = left[index] }
    var size = Scalar.dot(left, left, count: stride)
    if size < Self.negligible { return }
    for step in 0..<steps {
      if step == steps - 1 {
        // Of the last step only x is used.
        let curvature = Scalar.curvature(
          matrix: matrix, x: direction, table: others, entries: entries, stride: stride, scratch: drop)
        Scalar.axpy(size / curvature, direction, x, count: stride)
        return
      }
      // −A · direction.
      Scalar.residual(
        matrix: matrix, x: direction, table: others, entries: entries, stride: stride, hasTargets: false, into: drop)
      let length = size / -Scalar.dot(direction, drop, count: stride)
      Scalar.axpy(length, direction, x, count: stride)
      Scalar.axpy(length, drop, left, count: stride)
      let next = Scalar.dot(left, left, count: stride)
      if next < Self.negligible { return }
      let turn = next / size
      for index in 0..<stride { direction[index] = left[index] + turn * direction[index] }
      size = next
    }
  }

  /// Cholesky's decomposition A = L Lᵀ, then L z = b and Lᵀ x = z; `scratch` holds stride² numbers.
  ///
  /// Unlike ``NewtonSystem`` for Float too, in whole padded rows that vectors take; false where A is not positive
  /// definite.
  private func decompose(
    _ x: UnsafeMutablePointer<Scalar>, _ matrix: UnsafePointer<Scalar>, _ others: UnsafePointer<Scalar>,
    _ entries: FactorEntries, stride: Int, scratch lower: UnsafeMutablePointer<Scalar>
  ) -> Bool {
    for index in 0..<stride * stride { lower[index] = matrix[index] }
    for factor in 0..<stride { x[factor] = 0 }
    for entry in 0..<entries.count where entries.confidences[entry] > 0 {
      Scalar.axpy(
        Scalar(entries.confidences[entry]), others + Int(entries.columns[entry]) * stride, x, count: stride)
    }
    Scalar.addOuterProducts(
      table: others, rows: 0..<entries.weightedCount, entries: entries, stride: stride, into: lower)
    let count = settings.factors
    for line in 0..<count {
      let row = lower + line * stride
      for column in 0..<line {
        let other = lower + column * stride
        row[column] = (row[column] - Scalar.dot(row, other, count: column)) / other[column]
      }
      let pivot = row[line] - Scalar.dot(row, row, count: line)
      guard pivot > 0 else { return false }
      row[line] = pivot.squareRoot()
      x[line] = (x[line] - Scalar.dot(row, x, count: line)) / row[line]
    }
    for line in (0..<count).reversed() {
      let row = lower + line * stride
      x[line] /= row[line]
      Scalar.axpy(-x[line], row, x, count: line)
    }
    return true
  }
}
