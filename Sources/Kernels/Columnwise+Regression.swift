extension Columnwise {
  /// What a linear model says of many rows whose features lie in columns: Σ θ_k·x_k + α·√(Σ_i (Σ_{k ≤ i} M_ik·x_k)²).
  ///
  /// - Parameters:
  ///   - features: the first column; each next one is `stride` floats on. All have room for whole blocks of eight rows,
  ///     whose last ones may hold anything.
  ///   - stride: a multiple of eight.
  ///   - coefficients: θ, one a feature.
  ///   - triangle: M's lower triangle, row by row.
  ///   - bonus: α.
  ///   - bound: results are held within ± this.
  ///   - results: a column with room for whole blocks as well.
  /// - Complexity: O(count · features²).
  public static func upperBounds(
    features: UnsafePointer<Float>, stride: Int, count: Int, coefficients: UnsafeBufferPointer<Float>,
    triangle: UnsafeBufferPointer<Float>, bonus: Float, bound: Float, into results: UnsafeMutablePointer<Float>
  ) {
    let size = coefficients.count
    precondition(triangle.count == size * (size + 1) / 2 && stride & 7 == 0 && stride >= count)
    var start = 0
    while start < count {
      var mean = SIMD8<Float>()
      var squares = SIMD8<Float>()
      var place = 0
      var row = 0
      while row < size {
        var sum = SIMD8<Float>()
        var column = 0
        while column <= row {
          sum += load(features + (start &+ column &* stride)) * triangle[place]
          place &+= 1
          column &+= 1
        }
        mean += load(features + (start &+ row &* stride)) * coefficients[row]
        squares += sum * sum
        row &+= 1
      }
      var y = mean + squares.squareRoot() * bonus
      y.replace(with: bound, where: y .> bound)
      y.replace(with: -bound, where: y .< -bound)
      UnsafeMutableRawPointer(results + start).storeBytes(of: y, as: SIMD8<Float>.self)
      start &+= 8
    }
  }

  @inline(__always)
  private static func load(_ place: UnsafePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Float>.self)
  }
}
