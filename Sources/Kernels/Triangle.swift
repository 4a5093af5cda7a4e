/// Work on a lower triangle of doubles that is stored column after column, each from its diagonal down: n·(n + 1)/2
/// numbers.
///
/// Nothing is decomposed here: Cholesky's factor of an identity grows row by row of data, which keeps it positive.
package enum Triangle {
  /// Makes L·Lᵀ into L·Lᵀ + x·xᵀ and L·z into L·z + y·x, by one plane rotation a column (Golub and Van Loan, "Matrix
  /// Computations", section 6.5).
  ///
  /// - Parameters:
  ///   - triangle: L, whose diagonal is positive; changed.
  ///   - targets: z, `size` numbers; changed.
  ///   - x: `size` numbers; used up.
  ///   - y: the target of `x`.
  ///   - size: n.
  /// - Complexity: O(n²).
  package static func rotate(
    _ triangle: UnsafeMutablePointer<Double>, _ targets: UnsafeMutablePointer<Double>,
    by x: UnsafeMutablePointer<Double>, target y: Double, size: Int
  ) {
    var column = triangle
    var rest = y
    var k = 0
    while k < size {
      let diagonal = column[0]
      let radius = (diagonal * diagonal + x[k] * x[k]).squareRoot()
      let cosine = diagonal / radius
      let sine = x[k] / radius
      column[0] = radius
      rotatePair(column + 1, x + k + 1, cosine, sine, count: size &- k &- 1)
      let z = targets[k]
      targets[k] = cosine * z + sine * rest
      rest = cosine * rest - sine * z
      column += size &- k
      k &+= 1
    }
  }

  /// Makes x into L⁻¹·x.
  ///
  /// - Complexity: O(n²).
  package static func solve(_ triangle: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>, size: Int) {
    var column = triangle
    var k = 0
    while k < size {
      let value = x[k] / column[0]
      x[k] = value
      subtract(value, column + 1, x + k + 1, count: size &- k &- 1)
      column += size &- k
      k &+= 1
    }
  }

  /// (a, b) becomes (c·a + s·b, c·b − s·a), element by element.
  @inline(__always)
  private static func rotatePair(
    _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>, _ c: Double, _ s: Double, count: Int
  ) {
    let cosine = SIMD4<Double>(repeating: c)
    let sine = SIMD4<Double>(repeating: s)
    var index = 0
    while index &+ 4 <= count {
      let left = load(a, index)
      let right = load(b, index)
      store(cosine * left + sine * right, a, index)
      store(cosine * right - sine * left, b, index)
      index &+= 4
    }
    while index < count {
      let left = a[index]
      let right = b[index]
      a[index] = c * left + s * right
      b[index] = c * right - s * left
      index &+= 1
    }
  }

  /// y −= factor·x.
  @inline(__always)
  private static func subtract(
    _ factor: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>, count: Int
  ) {
    let four = SIMD4<Double>(repeating: factor)
    var index = 0
    while index &+ 4 <= count {
      store(load(y, index) - four * load(x, index), y, index)
      index &+= 4
    }
    while index < count {
      y[index] -= factor * x[index]
      index &+= 1
    }
  }

  @inline(__always)
  private static func load(_ vector: UnsafePointer<Double>, _ index: Int) -> SIMD4<Double> {
    UnsafeRawPointer(vector + index).loadUnaligned(as: SIMD4<Double>.self)
  }

  @inline(__always)
  private static func store(_ block: SIMD4<Double>, _ vector: UnsafeMutablePointer<Double>, _ index: Int) {
    UnsafeMutableRawPointer(vector + index).storeBytes(of: block, as: SIMD4<Double>.self)
  }
}
