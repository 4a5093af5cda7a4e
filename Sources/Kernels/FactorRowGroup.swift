/// Eight rows of a table.
struct FactorRowGroup {
  let a: UnsafePointer<Float>
  let b: UnsafePointer<Float>
  let c: UnsafePointer<Float>
  let d: UnsafePointer<Float>
  let e: UnsafePointer<Float>
  let f: UnsafePointer<Float>
  let g: UnsafePointer<Float>
  let h: UnsafePointer<Float>

  /// Neighbouring rows from `first`, of which there are `count`, at least 1; past them the last again.
  @inline(__always)
  init(_ first: UnsafePointer<Float>, stride: Int, count: Int = 8) {
    func row(_ index: Int) -> UnsafePointer<Float> { first + min(index, count &- 1) &* stride }
    (a, b, c, d) = (first, row(1), row(2), row(3))
    (e, f, g, h) = (row(4), row(5), row(6), row(7))
  }

  /// The rows of entries from `first`, which must be below `end`; from `end` on the last again.
  @inline(__always)
  init(_ entries: FactorEntries, _ first: Int, end: Int, table: UnsafePointer<Float>, stride: Int) {
    func row(_ index: Int) -> UnsafePointer<Float> {
      table + Int(entries.columns[min(first &+ index, end &- 1)]) &* stride
    }
    (a, b, c, d) = (row(0), row(1), row(2), row(3))
    (e, f, g, h) = (row(4), row(5), row(6), row(7))
  }

  /// One number of each row.
  @inline(__always)
  func column(_ index: Int) -> SIMD8<Float> {
    SIMD8(a[index], b[index], c[index], d[index], e[index], f[index], g[index], h[index])
  }
}
