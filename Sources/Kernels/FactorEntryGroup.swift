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

  /// Entries from `first`, which must be below `end`. Those from `end` on are replaced by the last before, with a
  /// confidence of −1, which has neither target nor excess.
  @inline(__always)
  init(_ entries: FactorEntries, _ first: Int, end: Int, table: UnsafePointer<Float>, stride: Int) {
    let last = end &- 1
    let (second, third, fourth) = (min(first &+ 1, last), min(first &+ 2, last), min(first &+ 3, last))
    a = table + Int(entries.columns[first]) &* stride
    b = table + Int(entries.columns[second]) &* stride
    c = table + Int(entries.columns[third]) &* stride
    d = table + Int(entries.columns[fourth]) &* stride
    let confidences =
      if fourth == first &+ 3 {
        UnsafeRawPointer(entries.confidences + first).loadUnaligned(as: SIMD4<Float>.self)
      } else {
        SIMD4(
          entries.confidences[first], second == first ? -1 : entries.confidences[second],
          third == second ? -1 : entries.confidences[third], -1)
      }
    // Bits and halves, because a choice by lane would become four branches.
    let bits = unsafeBitCast(confidences, to: SIMD4<UInt32>.self) & 0x7FFF_FFFF
    let magnitudes = unsafeBitCast(bits, to: SIMD4<Float>.self)
    targets = 0.5 * confidences + 0.5 * magnitudes
    excess = magnitudes - 1
  }
}
