import CIntrinsics

/// Arithmetic of alternating least squares on tables of factor vectors in Float.
///
/// A row of a table takes a whole number of eight-float blocks, filled up with zeros, which no operation here changes.
/// Rows are added eight at a time, so that the sums in memory are read and written once for eight; every order of summation
/// depends on the counts alone.
package enum FactorRows {
  /// Floats in a block.
  package static let lanes = 8
  /// Entries ahead of the one at work whose rows are requested.
  private static let entriesAhead = 8
  /// Entries whose factors are computed before their rows are added; they stay in the first cache meanwhile.
  private static let batch = 64
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
  /// - Complexity: O(stride · (stride + entries)); entries past ``FactorEntries/weightedCount`` cost half with targets and
  ///   nothing without.
  package static func residual(
    matrix: UnsafePointer<Float>, x: UnsafePointer<Float>, table: UnsafePointer<Float>, entries: FactorEntries,
    stride: Int, hasTargets: Bool, into result: UnsafeMutablePointer<Float>
  ) {
    setZero(result, stride)
    for row in Swift.stride(from: 0, to: stride, by: lanes) {
      let lines = FactorRowGroup(matrix + row &* stride, stride: stride)
      addRows(lines, -Dense.loadBlock(x, row), columns: 0..<stride, to: result)
    }
    let count = hasTargets ? entries.count : entries.weightedCount
    // First the factors of many rows, then the rows: no row waits for its own factor.
    withUnsafeTemporaryAllocation(of: Float.self, capacity: batch) { factors in
      guard let factors = factors.baseAddress else { return }
      for first in Swift.stride(from: 0, to: count, by: batch) {
        let range = first..<min(first &+ batch, count)
        setFactors(factors, x: x, table: table, entries: entries, range, stride: stride, hasTargets: hasTargets)
        for entry in Swift.stride(from: first, to: range.upperBound, by: lanes) {
          let rows = FactorRowGroup(entries, entry, end: range.upperBound, table: table, stride: stride)
          addRows(rows, Dense.loadBlock(factors, entry &- first), columns: 0..<stride, to: result)
        }
      }
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
      let (lines, factors) = (FactorRowGroup(matrix + row &* stride, stride: stride), Dense.loadBlock(x, row))
      addRows(lines, factors, columns: row..<row &+ lanes, to: scratch)
      addRows(lines, factors + factors, columns: row &+ lanes..<stride, to: scratch)
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
    var first = rows.lowerBound
    while first < rows.upperBound {
      // Past the end the last row again, with weight 0.
      let group: FactorRowGroup
      var weights = SIMD8<Float>.zero
      if let entries {
        group = FactorRowGroup(entries, first, end: rows.upperBound, table: table, stride: stride)
        for index in 0..<min(lanes, rows.upperBound &- first) {
          weights[index] = abs(entries.confidences[first &+ index]) - 1
        }
      } else {
        group = FactorRowGroup(table + first &* stride, stride: stride, count: rows.upperBound &- first)
        for index in 0..<min(lanes, rows.upperBound &- first) { weights[index] = 1 }
      }
      for line in 0..<stride {
        addRows(
          group, weights * group.column(line), columns: 0..<(line / lanes &+ 1) &* lanes, to: lower + line &* stride)
      }
      first &+= lanes
    }
  }

  /// What each entry's row is multiplied with, target + (1 − |c|) · (row · x), in `range`, at least one entry; zeros up to
  /// the next multiple of ``lanes``.
  @inline(__always)
  private static func setFactors(
    _ factors: UnsafeMutablePointer<Float>, x: UnsafePointer<Float>, table: UnsafePointer<Float>,
    entries: FactorEntries, _ range: Range<Int>, stride: Int, hasTargets: Bool
  ) {
    Dense.storeBlock(.zero, factors, (range.count &- 1) / lanes &* lanes)
    // Later passes find the rows in the cache.
    if hasTargets {
      prefetch(entries, range.lowerBound..<min(range.lowerBound &+ entriesAhead, entries.count), table, stride)
    }
    for entry in Swift.stride(from: range.lowerBound, to: range.upperBound, by: 4) {
      if hasTargets { prefetchAhead(of: entry, entries, table, stride) }
      let four = FactorEntryGroup(entries, entry, end: range.upperBound, table: table, stride: stride)
      var sums = hasTargets ? four.targets : .zero
      if entry < entries.weightedCount { sums -= four.excess * dots(four, x, stride: stride) }
      UnsafeMutableRawPointer(factors + (entry &- range.lowerBound)).storeBytes(of: sums, as: SIMD4<Float>.self)
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

  /// Adds multiples of eight rows to a vector, in some columns.
  @inline(__always)
  private static func addRows(
    _ rows: FactorRowGroup, _ factors: SIMD8<Float>, columns: Range<Int>, to result: UnsafeMutablePointer<Float>
  ) {
    var index = columns.lowerBound
    while index < columns.upperBound {
      // Two sums that take turns: more at once would not fit the sixteen registers of SSE2.
      var (even, odd) = (Dense.loadBlock(result, index), factors[1] * Dense.loadBlock(rows.b, index))
      even += factors[0] * Dense.loadBlock(rows.a, index)
      odd += factors[3] * Dense.loadBlock(rows.d, index)
      even += factors[2] * Dense.loadBlock(rows.c, index)
      odd += factors[5] * Dense.loadBlock(rows.f, index)
      even += factors[4] * Dense.loadBlock(rows.e, index)
      odd += factors[7] * Dense.loadBlock(rows.h, index)
      even += factors[6] * Dense.loadBlock(rows.g, index)
      Dense.storeBlock(even + odd, result, index)
      index &+= lanes
    }
  }

  @inline(__always)
  private static func setZero(_ vector: UnsafeMutablePointer<Float>, _ stride: Int) {
    for index in Swift.stride(from: 0, to: stride, by: lanes) { Dense.storeBlock(.zero, vector, index) }
  }

  /// Requests the rows of the four entries that lie ``entriesAhead`` after this one.
  @inline(__always)
  private static func prefetchAhead(
    of entry: Int, _ entries: FactorEntries, _ table: UnsafePointer<Float>, _ stride: Int
  ) {
    let first = min(entry &+ entriesAhead, entries.count)
    prefetch(entries, first..<min(first &+ 4, entries.count), table, stride)
  }

  /// Requests the rows at some places of the columns.
  @inline(__always)
  private static func prefetch(
    _ entries: FactorEntries, _ places: Range<Int>, _ table: UnsafePointer<Float>, _ stride: Int
  ) {
    var place = places.lowerBound
    while place < places.upperBound {
      let row = table + Int(entries.columns[place]) &* stride
      var index = 0
      while index < stride {
        apus_prefetch(row + index)
        index &+= lineFloats
      }
      place &+= 1
    }
  }
}
