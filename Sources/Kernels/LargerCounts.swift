/// For each of a few numbers, how many of them are larger: their order, without a single comparison to be foreseen.
package enum LargerCounts {
  /// Numbers compared at a time; whoever calls pads to a multiple of it.
  package static let lanes = 8

  /// Writes to `counts[i]` how many of `values` exceed `values[i]`.
  ///
  /// - Parameters:
  ///   - values: [count rounded up to a multiple of ``lanes``], what is beyond `count` being −∞; none NaN.
  ///   - counts: receives `count` numbers.
  /// - Complexity: O(count²).
  package static func count(
    _ values: UnsafePointer<Double>, count: Int, into counts: UnsafeMutablePointer<UInt32>
  ) {
    let blocks = (count + lanes - 1) / lanes
    let raw = UnsafeRawPointer(values)
    let ones = SIMD8<Double>(repeating: 1)
    for index in 0..<count {
      let value = SIMD8(repeating: values[index])
      var sums = SIMD8<Double>.zero
      for block in 0..<blocks {
        let others = raw.loadUnaligned(fromByteOffset: block &* 64, as: SIMD8<Double>.self)
        sums += SIMD8<Double>.zero.replacing(with: ones, where: others .> value)
      }
      counts[index] = UInt32(truncatingIfNeeded: Int(sums.sum()))
    }
  }
}
