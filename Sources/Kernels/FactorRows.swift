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
  /// With `hasTargets` target_e is c_e where it is positive, else 0: then the result is what x leaves over of a row's
  /// normal equations. Without, all targets are 0: then it is −(the equations' matrix) · x.
  ///
  /// - Parameters:
  ///   - matrix: [stride, stride], symmetric.
  ///   - x: [stride].
  ///   - table: [rows, stride]; every column of `entries` is a row of it.
  ///   - result: [stride], overwritten.
  /// - Complexity: O(stride · (stride + entries)).
  package static func residual(
    matrix: UnsafePointer<Float>, x: UnsafePointer<Float>, table: UnsafePointer<Float>, entries: FactorEntries,
    stride: Int, hasTargets: Bool, into result: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<stride { result[index] = 0 }
    for row in Swift.stride(from: 0, to: stride, by: 4) {
      let first = matrix + row &* stride
      let factors = SIMD4<Float>(-x[row], -x[row &+ 1], -x[row &+ 2], -x[row &+ 3])
      addRows(
        first, first + stride, first + 2 &* stride, first + 3 &* stride, factors, stride: stride, to: result)
    }
    for entry in 0..<min(entriesAhead, entries.count) {
      prefetchRow(table + Int(entries.columns[entry]) &* stride, stride)
    }
    var entry = 0
    while entry &+ 4 <= entries.count {
      for ahead in entry &+ entriesAhead..<min(entry &+ entriesAhead &+ 4, max(entries.count, entry &+ entriesAhead)) {
        prefetchRow(table + Int(entries.columns[ahead]) &* stride, stride)
      }
      let a = table + Int(entries.columns[entry]) &* stride
      let b = table + Int(entries.columns[entry &+ 1]) &* stride
      let c = table + Int(entries.columns[entry &+ 2]) &* stride
      let d = table + Int(entries.columns[entry &+ 3]) &* stride
      let confidence = UnsafeRawPointer(entries.confidences + entry).loadUnaligned(as: SIMD4<Float>.self)
      let positive = confidence.replacing(with: 0, where: confidence .<= 0)
      let magnitude = confidence.replacing(with: -confidence, where: confidence .<= 0)
      let targets = hasTargets ? positive : SIMD4<Float>.zero
      addRows(a, b, c, d, targets + (1 - magnitude) * dots(a, b, c, d, x, stride: stride), stride: stride, to: result)
      entry &+= 4
    }
    while entry < entries.count {
      let row = table + Int(entries.columns[entry]) &* stride
      let confidence = entries.confidences[entry]
      let target = hasTargets && confidence > 0 ? confidence : 0
      Dense.axpy(
        target + (1 - abs(confidence)) * Dense.inlinedDot(row, x, count: stride), row, result, count: stride)
      entry &+= 1
    }
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
      for line in 0..<stride {
        addRows(
          a, b, c, d, weights * SIMD4(a[line], b[line], c[line], d[line]), stride: (line / lanes &+ 1) &* lanes,
          to: lower + line &* stride)
      }
      index &+= 4
    }
  }

  /// The dot products of four rows with one vector.
  @inline(__always)
  private static func dots(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>, _ d: UnsafePointer<Float>,
    _ x: UnsafePointer<Float>, stride: Int
  ) -> SIMD4<Float> {
    var sums = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    var index = 0
    while index < stride {
      let block = Dense.loadBlock(x, index)
      sums.0 += Dense.loadBlock(a, index) * block
      sums.1 += Dense.loadBlock(b, index) * block
      sums.2 += Dense.loadBlock(c, index) * block
      sums.3 += Dense.loadBlock(d, index) * block
      index &+= lanes
    }
    return SIMD4(Dense.laneSum(sums.0), Dense.laneSum(sums.1), Dense.laneSum(sums.2), Dense.laneSum(sums.3))
  }

  /// Adds four multiples of rows to a vector.
  @inline(__always)
  private static func addRows(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>, _ d: UnsafePointer<Float>,
    _ factors: SIMD4<Float>, stride: Int, to result: UnsafeMutablePointer<Float>
  ) {
    let (f, g) = (SIMD8<Float>(repeating: factors.x), SIMD8<Float>(repeating: factors.y))
    let (h, k) = (SIMD8<Float>(repeating: factors.z), SIMD8<Float>(repeating: factors.w))
    var index = 0
    while index < stride {
      let first = f * Dense.loadBlock(a, index) + g * Dense.loadBlock(b, index)
      let second = h * Dense.loadBlock(c, index) + k * Dense.loadBlock(d, index)
      Dense.storeBlock(Dense.loadBlock(result, index) + (first + second), result, index)
      index &+= lanes
    }
  }

  @inline(__always)
  private static func prefetchRow(_ row: UnsafePointer<Float>, _ stride: Int) {
    var index = 0
    while index < stride {
      apus_prefetch(row + index)
      index &+= lineFloats
    }
  }
}
