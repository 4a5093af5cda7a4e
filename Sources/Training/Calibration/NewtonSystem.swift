/// A symmetric positive definite system H·s = g of small size: the lower triangle of H row after row, d·(d + 1)/2
/// numbers.
///
/// Unlike the decomposition in ``ALSRows`` it scales and mends a matrix that is singular, where that one must refuse.
struct NewtonSystem {
  /// d.
  let size: Int
  /// H, of which `solve` leaves nothing.
  var matrix: [Double]

  /// A matrix of zeros.
  init(size: Int) {
    self.size = size
    matrix = [Double](repeating: 0, count: size * (size + 1) / 2)
  }

  /// A pivot smaller than this, of a matrix whose diagonal is 1, is rounding: the direction has no curvature.
  private static let smallestPivot = 1e-14

  /// s for this g, by Cholesky's factorisation of H scaled to a diagonal of 1, so that columns in different units do no
  /// harm. A direction without curvature is given a little, so that the step is still one downhill.
  ///
  /// - Complexity: O(d³).
  mutating func solve(_ gradient: [Double]) -> [Double] {
    let scale = (0..<size).map { i in
      let diagonal = matrix[place(i, i)]
      return diagonal > 0 ? 1 / diagonal.squareRoot() : 1
    }
    for i in 0..<size {
      for j in 0...i {
        var sum = matrix[place(i, j)] * scale[i] * scale[j]
        for k in 0..<j { sum -= matrix[place(i, k)] * matrix[place(j, k)] }
        if i == j {
          matrix[place(i, i)] = max(sum, Self.smallestPivot).squareRoot()
        } else {
          matrix[place(i, j)] = sum / matrix[place(j, j)]
        }
      }
    }
    var step = gradient.indices.map { gradient[$0] * scale[$0] }
    for i in 0..<size {
      for k in 0..<i { step[i] -= matrix[place(i, k)] * step[k] }
      step[i] /= matrix[place(i, i)]
    }
    for i in (0..<size).reversed() {
      for k in i + 1..<max(size, i + 1) { step[i] -= matrix[place(k, i)] * step[k] }
      step[i] /= matrix[place(i, i)]
    }
    return step.indices.map { step[$0] * scale[$0] }
  }

  /// Where row i, column j ≤ i is.
  func place(_ i: Int, _ j: Int) -> Int { i * (i + 1) / 2 + j }
}
