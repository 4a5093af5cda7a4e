/// `numpy.sum` of contiguous doubles (`pairwise_sum` of numpy 1.26), with numpy's order of additions, so that sums and
/// means agree to the last bit.
package enum NumPySum {
  /// Numbers that are added without splitting.
  private static let blockSize = 128

  /// Halves (the first a multiple of eight long) until at most 128 numbers are left, which eight interleaved sums take;
  /// fewer than eight numbers are added one by one.
  /// - Complexity: O(values.count); the rounding error grows with the logarithm of the count.
  package static func sum(_ values: UnsafeBufferPointer<Double>) -> Double {
    let count = values.count
    if count < 8 { return values.reduce(0, +) }
    if count > blockSize {
      let half = count / 2 / 8 * 8
      return sum(UnsafeBufferPointer(rebasing: values[..<half])) + sum(UnsafeBufferPointer(rebasing: values[half...]))
    }
    var sums = SIMD8<Double>.zero
    for lane in 0..<8 { sums[lane] = values[lane] }
    let whole = count / 8 * 8
    for start in stride(from: 8, to: whole, by: 8) {
      for lane in 0..<8 { sums[lane] += values[start + lane] }
    }
    let low = (sums[0] + sums[1]) + (sums[2] + sums[3])
    let high = (sums[4] + sums[5]) + (sums[6] + sums[7])
    return values[whole...].reduce(low + high, +)
  }

  /// `numpy.mean`; 0 for no numbers.
  package static func mean(_ values: UnsafeBufferPointer<Double>) -> Double {
    values.isEmpty ? 0 : sum(values) / Double(values.count)
  }
}
