import CIntrinsics

/// Arithmetic of alternating least squares on tables of factor vectors in Float.
///
/// A row of a table takes a whole number of eight-float blocks, filled up with zeros, which no operation here changes.
/// Entries are taken four at a time, so that the sums in memory are read and written once for four; every order of
/// summation depends on the counts alone.
package enum FactorRows {
  /// Floats in a block.
  package static let lanes = 8
  /// Entries ahead of the one at work whose rows are requested.
  private static let entriesAhead = 8
  /// Floats in one cache line.
  private static let lineFloats = 16

  /// Floats that a row of `factors` takes.
  package static func stride(ofFactors factors: Int) -> Int { (factors + lanes - 1) / lanes * lanes }

  /// result = −matrix · x + Σ over entries e of (target_e + (1 − |c_e|) · (row_e · x)) · row_e.
  ///
  /// With `hasTargets` target_e is c_e where it is positive, else 0: then the result is what x leaves over of a row's normal
  /// equations. Without, all targets are 0: then it is −(the equations' matrix) · x.
  ///
  /// - Parameters:
  ///   - matrix: [stride, stride], symmetric.
  ///   - x: [stride].
  ///   - table: [rows, stride]; every column of `entries` is a row of it.
  ///   - result: [stride], overwritten.
  /// - Complexity: O(stride · (stride + entries)); entries past ``FactorEntries/weightedCount`` cost half with targets and
  ///   nothing without.
  package static func residual(
    matrix: UnsafePointer<Float>, x: UnsafePointer<Float>, table: UnsafePointer<Float>, entries: FactorEntries,
    stride: Int, hasTargets: Bool, into result: UnsafeMutablePointer<Float>
  ) {
    setZero(result, stride)
    for row in Swift.stride(from: 0, to: stride, by: lanes) {
      addMatrixBlock(matrix + row &* stride, -Dense.loadBlock(x, row), stride: stride, columns: 0..<stride, to: result)
    }
    let weighted = entries.weightedCount
    // Later passes find the rows in the cache.
    if hasTargets { prefetch(entries, 0..<entriesAhead, table, stride) }
    var entry = 0
    while entry < weighted {
      if hasTargets { prefetch(entries, entry &+ entriesAhead..<entry &+ entriesAhead &+ 4, table, stride) }
      let four = FactorEntryGroup(entries, entry, end: weighted, table: table, stride: stride)
      let factors = four.excess * dots(four, x, stride: stride)
      addRows(four, hasTargets ? four.targets - factors : -factors, columns: 0..<stride, to: result)
      entry &+= 4
    }
    guard hasTargets else { return }
    entry = weighted
    while entry < entries.count {
      prefetch(entries, entry &+ entriesAhead..<entry &+ entriesAhead &+ 4, table, stride)
      let four = FactorEntryGroup(entries, entry, end: entries.count, table: table, stride: stride)
      addRows(four, four.targets, columns: 0..<stride, to: result)
      entry &+= 4
    }
  }

  /// x · A x with A the matrix of a row's normal equations: x · (matrix · x) + Σ over entries e of (|c_e| − 1) · (row_e · x)².
  ///
  /// Parameters as those of ``residual(matrix:x:table:entries:stride:hasTargets:into:)``, which takes twice the time;
  /// `scratch` is [stride], overwritten.
  package static func curvature(
    matrix: UnsafePointer<Float>, x: UnsafePointer<Float>, table: UnsafePointer<Float>, entries: FactorEntries,
    stride: Int, scratch: UnsafeMutablePointer<Float>
  ) -> Float {
    setZero(scratch, stride)
    // Of the symmetric matrix the blocks of the diagonal once, and those right of it twice.
    for row in Swift.stride(from: 0, to: stride, by: lanes) {
      let (lines, factors) = (matrix + row &* stride, Dense.loadBlock(x, row))
      addMatrixBlock(lines, factors, stride: stride, columns: row..<row &+ lanes, to: scratch)
      addMatrixBlock(lines, factors + factors, stride: stride, columns: row &+ lanes..<stride, to: scratch)
    }
    var sums = SIMD4<Float>.zero
    var entry = 0
    while entry < entries.weightedCount {
      let four = FactorEntryGroup(entries, entry, end: entries.weightedCount, table: table, stride: stride)
      let products = dots(four, x, stride: stride)
      sums += four.excess * products * products
      entry &+= 4
    }
    return Dense.inlinedDot(scratch, x, count: stride) + ((sums.x + sums.y) + (sums.z + sums.w))
  }

  /// Adds weight · row rowᵀ of each row in `rows` of the table to the lower half of a matrix.
  ///
  /// - Parameters:
  ///   - entries: which rows, weighted by |c| − 1; nil for all `rows`, weighted by 1.
  ///   - lower: [stride, stride]; entries above the diagonal's block are left as they are.
  /// - Complexity: O(rows · stride²).
  package static func addOuterProducts(
    table: UnsafePointer<Float>, rows: Range<Int>, entries: FactorEntries?, stride: Int,
    into lower: UnsafeMutablePointer<Float>
  ) {
    func row(_ index: Int) -> UnsafePointer<Float> {
      table + (entries.map { Int($0.columns[index]) } ?? index) &* stride
    }
    func weight(_ index: Int) -> Float { entries.map { abs($0.confidences[index]) - 1 } ?? 1 }
    var index = rows.lowerBound
    while index < rows.upperBound {
      // Past the end the last row again, with weight 0.
      let last = rows.upperBound &- 1
      let (second, third, fourth) = (min(index &+ 1, last), min(index &+ 2, last), min(index &+ 3, last))
      let (a, b, c, d) = (row(index), row(second), row(third), row(fourth))
      let weights = SIMD4<Float>(
        weight(index), second == index &+ 1 ? weight(second) : 0, third == index &+ 2 ? weight(third) : 0,
        fourth == index &+ 3 ? weight(fourth) : 0)
      let four = FactorEntryGroup(a: a, b: b, c: c, d: d)
      for line in 0..<stride {
        addRows(
          four, weights * SIMD4(a[line], b[line], c[line], d[line]), columns: 0..<(line / lanes &+ 1) &* lanes,
          to: lower + line &* stride)
      }
      index &+= 4
    }
  }

  /// The dot products of four rows with one vector.
  @inline(__always)
  private static func dots(_ four: FactorEntryGroup, _ x: UnsafePointer<Float>, stride: Int) -> SIMD4<Float> {
    var sums = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    var index = 0
    while index < stride {
      let block = Dense.loadBlock(x, index)
      sums.0 += Dense.loadBlock(four.a, index) * block
      sums.1 += Dense.loadBlock(four.b, index) * block
      sums.2 += Dense.loadBlock(four.c, index) * block
      sums.3 += Dense.loadBlock(four.d, index) * block
      index &+= lanes
    }
    return Dense.laneSums(sums.0, sums.1, sums.2, sums.3)
  }

  /// Adds four multiples of rows to a vector.
  @inline(__always)
  private static func addRows(
    _ four: FactorEntryGroup, _ factors: SIMD4<Float>, columns: Range<Int>, to result: UnsafeMutablePointer<Float>
  ) {
    let (f, g) = (SIMD8<Float>(repeating: factors.x), SIMD8<Float>(repeating: factors.y))
    let (h, k) = (SIMD8<Float>(repeating: factors.z), SIMD8<Float>(repeating: factors.w))
    var index = columns.lowerBound
    while index < columns.upperBound {
      let first = f * Dense.loadBlock(four.a, index) + g * Dense.loadBlock(four.b, index)
      let second = h * Dense.loadBlock(four.c, index) + k * Dense.loadBlock(four.d, index)
      Dense.storeBlock(Dense.loadBlock(result, index) + (first + second), result, index)
      index &+= lanes
    }
  }

  /// Adds multiples of eight neighbouring lines of a matrix to a vector, in some columns.
  @inline(__always)
  private static func addMatrixBlock(
    _ lines: UnsafePointer<Float>, _ factors: SIMD8<Float>, stride: Int, columns: Range<Int>,
    to result: UnsafeMutablePointer<Float>
  ) {
    var index = columns.lowerBound
    while index < columns.upperBound {
      var (even, odd) = (Dense.loadBlock(result, index), SIMD8<Float>.zero)
      for line in Swift.stride(from: 0, to: lanes, by: 2) {
        even += factors[line] * Dense.loadBlock(lines, line &* stride &+ index)
        odd += factors[line &+ 1] * Dense.loadBlock(lines, (line &+ 1) &* stride &+ index)
      }
      Dense.storeBlock(even + odd, result, index)
      index &+= lanes
    }
  }

  @inline(__always)
  private static func setZero(_ vector: UnsafeMutablePointer<Float>, _ stride: Int) {
    for index in Swift.stride(from: 0, to: stride, by: lanes) { Dense.storeBlock(.zero, vector, index) }
  }

  /// Requests the rows of those of `range` that are entries.
  @inline(__always)
  private static func prefetch(
    _ entries: FactorEntries, _ range: Range<Int>, _ table: UnsafePointer<Float>, _ stride: Int
  ) {
    var entry = range.lowerBound
    let end = min(range.upperBound, entries.count)
    while entry < end {
      let row = table + Int(entries.columns[entry]) &* stride
      var index = 0
      while index < stride {
        apus_prefetch(row + index)
        index &+= lineFloats
      }
      entry &+= 1
    }
  }
}
