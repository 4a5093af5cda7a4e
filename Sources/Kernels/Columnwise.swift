/// Elementary work on whole columns of floats, eight at a time.
public enum Columnwise {
  /// Lanes worked on at once.
  private static let lanes = 8

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
    for coefficient in coefficients { p = p * m + coefficient }
    let e = SIMD8<Float>(exponent)
    var result = m * square * p
    result += e * -2.12194440e-4
    result -= square * 0.5
    result += m
    result += e * 0.693359375
    let isBad = (x .< 0) .| (x .!= x)
    return result.replacing(with: .nan, where: isBad)
  }

  private static let coefficients: [Float] = [
    -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1,
    -2.4999993993e-1, 3.3333331174e-1,
  ]

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
    /// - Complexity: O(count · edges).
    public func apply(
      _ values: UnsafePointer<Float>, kinds: UnsafePointer<UInt32>, count: Int,
      contributions: UnsafeMutablePointer<Float>, scores: UnsafeMutablePointer<Float>
    ) {
      var index = 0
      while index &+ lanes <= count {
        let value = UnsafeRawPointer(values + index).loadUnaligned(as: SIMD8<Float>.self)
        let kind = UnsafeRawPointer(kinds + index).loadUnaligned(as: SIMD8<UInt32>.self)
        let sum = contribution(value, kind .!= 0)
        UnsafeMutableRawPointer(contributions + index).storeBytes(of: sum, as: SIMD8<Float>.self)
        let place = UnsafeMutableRawPointer(scores + index)
        place.storeBytes(of: place.loadUnaligned(as: SIMD8<Float>.self) + sum, as: SIMD8<Float>.self)
        index &+= lanes
      }
      while index < count {
        let isSecond = SIMD8<UInt32>(repeating: kinds[index]) .!= 0
        contributions[index] = contribution(SIMD8(repeating: values[index]), isSecond)[0]
        scores[index] += contributions[index]
        index &+= 1
      }
    }

    @inline(__always)
    private func contribution(_ value: SIMD8<Float>, _ isSecond: SIMDMask<SIMD8<Int32>>) -> SIMD8<Float> {
      var z = (value - mean) * inverseScale
      z = z.replacing(with: bound, where: z .> bound).replacing(with: -bound, where: z .< -bound)
      let slope = SIMD8<Float>(repeating: slopes.0).replacing(with: slopes.1, where: isSecond)
      var sum = slope * z
      for step in 0..<edges.count {
        let added = SIMD8<Float>(repeating: steps.0[step]).replacing(with: steps.1[step], where: isSecond)
        sum += added.replacing(with: 0, where: .!(value .> edges[step]))
      }
      return sum.replacing(with: 0, where: value .!= value)
    }
  }
}
