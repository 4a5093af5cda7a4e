/// Sums in numpy's order of addition, so that means agree with numpy's to the last bit.
package enum PairwiseSum {
  /// Numbers that are added in one block of eight running sums.
  private static let blockSize = 128

  /// The sum as `numpy.add.reduce` has it for contiguous 64-bit floats (numpy 1.26, `pairwise_sum` in
  /// `loops_utils.h.src`): halves until 128 numbers are left, then eight sums side by side, added up as a tree.
  /// - Complexity: O(n); the error grows with log n instead of n.
  package static func sum(_ values: UnsafeBufferPointer<Double>) -> Double {
    let count = values.count
    if count < 8 {
      var sum = 0.0
      for value in values { sum += value }
      return sum
    }
    if count <= blockSize { return block(values) }
    var half = count / 2
    half -= half % 8
    return sum(UnsafeBufferPointer(rebasing: values[..<half])) + sum(UnsafeBufferPointer(rebasing: values[half...]))
  }

  /// `numpy.mean` of a list; the list must not be empty.
  package static func mean(_ values: UnsafeBufferPointer<Double>) -> Double {
    precondition(!values.isEmpty, "the mean of nothing")
    return sum(values) / Double(values.count)
  }

  private static func block(_ values: UnsafeBufferPointer<Double>) -> Double {
    var (low, high) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    let whole = values.count - values.count % 8
    for start in stride(from: 0, to: whole, by: 8) {
      low += SIMD4(values[start], values[start + 1], values[start + 2], values[start + 3])
      high += SIMD4(values[start + 4], values[start + 5], values[start + 6], values[start + 7])
    }
    var sum = ((low[0] + low[1]) + (low[2] + low[3])) + ((high[0] + high[1]) + (high[2] + high[3]))
    for index in whole..<values.count { sum += values[index] }
    return sum
  }
}
