/// Arithmetic on dense vectors of bytes: embeddings, of which direction is all that counts.
///
/// A float in [−m, m], m the largest magnitude of its vector, is kept as the nearest of 255 steps. A quarter of the memory of
/// floats, and of what a look-up has to fetch; the cosine of two vectors of some hundred floats moves by about 1e-3.
public enum Quantized {
  /// Writes the steps of `count` finite floats; zeros stay zeros. O(count).
  public static func quantise(
    _ vector: UnsafePointer<Float>, count: Int, into steps: UnsafeMutablePointer<Int8>
  ) {
    var largest: Float = 0
    for i in 0..<count { largest = max(largest, abs(vector[i])) }
    // Denormal magnitudes have no finite reciprocal worth the name.
    let factor = largest > .leastNormalMagnitude ? 127 / largest : 0
    for i in 0..<count { steps[i] = Int8((max(-127, min(127, vector[i] * factor))).rounded()) }
  }

  /// The dot product of steps and floats, in an order that depends on `count` alone. O(count).
  public static func dot(_ steps: UnsafePointer<Int8>, _ vector: UnsafePointer<Float>, count: Int) -> Float {
    var sums = SIMD8<Float>.zero
    var index = 0
    while index &+ 8 <= count {
      sums += block(steps, index) * Dense.loadBlock(vector, index)
      index &+= 8
    }
    var sum = Dense.laneSum(sums)
    while index < count {
      sum += Float(steps[index]) * vector[index]
      index &+= 1
    }
    return sum
  }

  /// Adds `alpha * steps` to `sums`, `count` elements that do not overlap. O(count).
  public static func axpy(
    _ alpha: Float, _ steps: UnsafePointer<Int8>, _ sums: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in 0..<count { sums[i] += alpha * Float(steps[i]) }
  }

  @inline(__always)
  private static func block(_ steps: UnsafePointer<Int8>, _ index: Int) -> SIMD8<Float> {
    let bytes = UnsafeRawPointer(steps + index).loadUnaligned(as: SIMD8<Int8>.self)
    return SIMD8<Float>(SIMD8<Int32>(truncatingIfNeeded: bytes))
  }
}
