/// Elementary work on whole columns of floats, eight at a time.
public enum Columnwise {
  /// Lanes worked on at once.
  static let lanes = 8

  /// Replaces each x ≥ 0 by ln(1 + x), to 2e-7 of 1 or of the result; NaN stays NaN, what is below 0 becomes NaN.
  ///
  /// The logarithm is that of the mantissa, by the polynomial of Cephes' `logf` (Moshier), plus exponent · ln 2. The
  /// same value gives the same bits wherever it stands in the column.
  /// - Complexity: O(count).
  public static func logOfOnePlus(_ column: UnsafeMutablePointer<Float>, count: Int) {
    var index = 0
    while index &+ lanes <= count {
      let block = UnsafeMutableRawPointer(column + index)
      let x = block.loadUnaligned(as: SIMD8<Float>.self)
      block.storeBytes(of: logOfOnePlus(x), as: SIMD8<Float>.self)
      index &+= lanes
    }
    while index < count {
      column[index] = logOfOnePlus(SIMD8(repeating: column[index]))[0]
      index &+= 1
    }
  }

  @inline(__always)
  private static func logOfOnePlus(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let y = x + 1
    let bits = unsafeBitCast(y, to: SIMD8<UInt32>.self)
    // Mantissa in [√½, √2): the exponent is rounded so that the polynomial's argument stays small.
    let shifted = bits &+ (0x3F80_0000 &- 0x3F35_04F3)
    let exponent = SIMD8<Int32>(truncatingIfNeeded: shifted &>> 23) &- 127
    let mantissa = (shifted & 0x007F_FFFF) &+ 0x3F35_04F3
    let m = unsafeBitCast(mantissa, to: SIMD8<Float>.self) - 1
    let square = m * m
    var p = SIMD8<Float>(repeating: 7.0376836292e-2)
    p = p * m - 1.1514610310e-1
    p = p * m + 1.1676998740e-1
    p = p * m - 1.2420140846e-1
    p = p * m + 1.4249322787e-1
    p = p * m - 1.6668057665e-1
    p = p * m + 2.0000714765e-1
    p = p * m - 2.4999993993e-1
    p = p * m + 3.3333331174e-1
    let e = SIMD8<Float>(exponent)
    var result = m * square * p
    result += e * -2.12194440e-4
    result -= square * 0.5
    result += m
    result += e * 0.693359375
    let isBad = (x .< 0) .| (x .!= x)
    return result.replacing(with: .nan, where: isBad)
  }

  /// Replaces each x by e^x, to 2e-7 of the result; what is beyond ±87 counts as ±87, NaN stays NaN.
  ///
  /// x = k·ln 2 + f with |f| ≤ ln 2 / 2, e^f by the polynomial of Cephes' `expf` (Moshier), and 2^k in the exponent. The
  /// same value gives the same bits wherever it stands in the column.
  /// - Complexity: O(count).
  public static func exponential(_ column: UnsafeMutablePointer<Float>, count: Int) {
    var index = 0
    while index &+ lanes <= count {
      let block = UnsafeMutableRawPointer(column + index)
      let x = block.loadUnaligned(as: SIMD8<Float>.self)
      block.storeBytes(of: exponential(x), as: SIMD8<Float>.self)
      index &+= lanes
    }
    while index < count {
      column[index] = exponential(SIMD8(repeating: column[index]))[0]
      index &+= 1
    }
  }

  @inline(__always)
  private static func exponential(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let bound: Float = 87
    var f = x.replacing(with: bound, where: x .> bound)
    f.replace(with: -bound, where: x .< -bound)
    // Added to 1.5·2^23, a small number is rounded to a whole one, which then stands in the lowest bits.
    let shifted = f * 1.44269504088896341 + 12_582_912
    let k = shifted - 12_582_912
    let exponent = unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &- 0x4B40_0000
    f -= k * 0.693359375
    f -= k * -2.12194440e-4
    var p = SIMD8<Float>(repeating: 1.9875691500e-4)
    p = p * f + 1.3981999507e-3
    p = p * f + 8.3334519073e-3
    p = p * f + 4.1665795894e-2
    p = p * f + 1.6666665459e-1
    p = p * f + 5.0000001201e-1
    let mantissa = p * f * f + f + 1
    let bits = unsafeBitCast(mantissa, to: SIMD8<UInt32>.self) &+ (exponent &<< 23)
    return unsafeBitCast(bits, to: SIMD8<Float>.self).replacing(with: .nan, where: x .!= x)
  }

  /// A line and stairs over a column: what one signal adds to the scores of many candidates.
  public struct Stairs {
    /// z = (value − mean) · inverseScale, held within ± bound.
    public var mean: Float
    /// One over the scale.
    public var inverseScale: Float
    /// Positive.
    public var bound: Float
    /// What z is multiplied with, for candidates of the first kind and of the second.
    public var slopes: (Float, Float)
    /// Edges, and what exceeding each adds for either kind.
    public var edges: UnsafeBufferPointer<Float>
    /// As many as edges.
    public var steps: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>)

    /// A line and stairs over borrowed columns.
    public init(
      mean: Float, inverseScale: Float, bound: Float, slopes: (Float, Float), edges: UnsafeBufferPointer<Float>,
      steps: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>)
    ) {
      self.mean = mean
      self.inverseScale = inverseScale
      self.bound = bound
      self.slopes = slopes
      self.edges = edges
      self.steps = steps
    }

    /// Writes what each value adds, and adds it to `scores`. NaN adds 0. `kinds` holds 0 for the first kind, 1 for the
    /// second. The same value gives the same bits wherever it stands.
    ///
    /// Plain loops over columns that the compiler turns into vectors: one comparison, one selection and one addition a
    /// step. The columns must not overlap.
    /// - Complexity: O(count · edges).
    public func apply(
      _ values: UnsafePointer<Float>, kinds: UnsafePointer<UInt32>, count: Int,
      contributions: UnsafeMutablePointer<Float>, scores: UnsafeMutablePointer<Float>
    ) {
      var seconds = 0
      for i in 0..<count { seconds &+= Int(kinds[i]) }
      if seconds == 0 {
        add(values, count, slopes.0, steps.0, contributions)
      } else if seconds == count {
        add(values, count, slopes.1, steps.1, contributions)
      } else {
        addBoth(values, kinds, count, contributions)
      }
      for i in 0..<count {
        contributions[i] = values[i] == values[i] ? contributions[i] : 0
        scores[i] += contributions[i]
      }
    }

    @inline(__always)
    private func line(_ value: Float) -> Float {
      let z = (value - mean) * inverseScale
      return z > bound ? bound : z < -bound ? -bound : z
    }

    @inline(__always)
    private func add(
      _ values: UnsafePointer<Float>, _ count: Int, _ slope: Float, _ steps: UnsafeBufferPointer<Float>,
      _ sums: UnsafeMutablePointer<Float>
    ) {
      for i in 0..<count { sums[i] = slope * line(values[i]) }
      for step in 0..<edges.count {
        let (edge, added) = (edges[step], steps[step])
        for i in 0..<count { sums[i] += values[i] > edge ? added : 0 }
      }
    }

    /// Both kinds for everybody, then each takes its own: twice the vectors are still fewer than lane by lane.
    private func addBoth(
      _ values: UnsafePointer<Float>, _ kinds: UnsafePointer<UInt32>, _ count: Int, _ sums: UnsafeMutablePointer<Float>
    ) {
      withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { second in
        guard let second = second.baseAddress else { return }
        add(values, count, slopes.0, steps.0, sums)
        add(values, count, slopes.1, steps.1, second)
        for i in 0..<count { sums[i] = kinds[i] == 0 ? sums[i] : second[i] }
      }
    }
  }
}
