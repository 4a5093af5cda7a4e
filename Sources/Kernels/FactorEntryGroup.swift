/// Four entries of a sparse row, with their rows of the other side's table.
struct FactorEntryGroup {
  let a: UnsafePointer<Float>
  let b: UnsafePointer<Float>
  let c: UnsafePointer<Float>
  let d: UnsafePointer<Float>
  /// c where it is positive, else 0.
  let targets: SIMD4<Float>
  /// |c| − 1.
  let excess: SIMD4<Float>

  /// Four rows alone.
  @inline(__always)
  init(a: UnsafePointer<Float>, b: UnsafePointer<Float>, c: UnsafePointer<Float>, d: UnsafePointer<Float>) {
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
    (targets, excess) = (.zero, .zero)
  }

  /// Entries from `first`, which must be below `end`. Those from `end` on are replaced by the last before, with a
  /// confidence of −1, which has neither target nor excess.
  @inline(__always)
  init(_ entries: FactorEntries, _ first: Int, end: Int, table: UnsafePointer<Float>, stride: Int) {
    let confidences: SIMD4<Float>
    var places = SIMD4(first, first &+ 1, first &+ 2, first &+ 3)
    if first &+ 4 <= end {
      confidences = UnsafeRawPointer(entries.confidences + first).loadUnaligned(as: SIMD4<Float>.self)
    } else {
      places = pointwiseMin(places, SIMD4(repeating: end &- 1))
      confidences = SIMD4(
        entries.confidences[first], first &+ 1 < end ? entries.confidences[first &+ 1] : -1,
        first &+ 2 < end ? entries.confidences[first &+ 2] : -1, -1)
    }
    a = table + Int(entries.columns[places.x]) &* stride
    b = table + Int(entries.columns[places.y]) &* stride
    c = table + Int(entries.columns[places.z]) &* stride
    d = table + Int(entries.columns[places.w]) &* stride
    let isPositive = confidences .> 0
    targets = SIMD4<Float>.zero.replacing(with: confidences, where: isPositive)
    excess = (-confidences).replacing(with: confidences, where: isPositive) - 1
  }
}
