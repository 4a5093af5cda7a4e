import Glibc

/// What logistic models minimise: the weighted mean cross entropy of targets in [0, 1] and, on demand, a penalty on all
/// coefficients but the last, which is the intercept.
///
///     Σ s·(ln(1 + e^m) − t·m) / Σ s  +  penalty/2 · Σ w²     with the margin m = w·x + b
struct LogisticObjective {
  /// n × d, row after row.
  let features: [Double]
  /// d, without the intercept.
  let width: Int
  /// t, n numbers in [0, 1].
  let targets: [Double]
  /// s / Σ s.
  let weights: [Double]
  /// At least 0.
  let penalty: Double

  private static let iterationLimit = 200
  private static let halvingLimit = 60
  /// The square of Newton's step in the norm of the Hessian at which the next step is the last.
  private static let tolerance = 1e-20

  /// The minimum by Newton's method with halved steps: d coefficients and the intercept.
  ///
  /// Deterministic; usually under ten iterations of O(n·d²) each. Throws if it does not converge.
  func minimum() throws(CalibrationError) -> [Double] {
    var point = [Double](repeating: 0, count: width + 1)
    var value = value(at: point)
    var norm = Double.infinity
    for _ in 0..<Self.iterationLimit {
      var system = NewtonSystem(size: width + 1)
      let gradient = gradient(at: point, hessian: &system)
      let step = system.solve(gradient)
      let decrement = zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      norm = gradient.reduce(0) { max($0, $1.magnitude) }
      guard decrement.isFinite, norm.isFinite else { break }
      if decrement <= Self.tolerance {
        let last = zip(point, step).map { $0 - $1 }
        return last.allSatisfy(\.isFinite) ? last : point
      }
      guard let next = descend(from: point, value: value, step: step, decrement: decrement) else { break }
      (point, value) = next
    }
    throw .notConverged(iterations: Self.iterationLimit, gradient: norm)
  }

  /// The first of the step, its half, its quarter, … that goes down enough (Armijo's rule).
  private func descend(
    from point: [Double], value: Double, step: [Double], decrement: Double
  ) -> (point: [Double], value: Double)? {
    var length = 1.0
    for _ in 0..<Self.halvingLimit {
      let next = zip(point, step).map { $0 - length * $1 }
      let reached = self.value(at: next)
      // So near to the minimum differences of values are rounding, and Newton's step is good as it is.
      let isClose = decrement <= 1e-12 * (1 + value)
      if reached.isFinite, isClose || reached <= value - 1e-4 * length * decrement { return (next, reached) }
      length /= 2
    }
    return nil
  }

  /// w·x + b of one row.
  private func margin(_ row: Int, _ point: [Double]) -> Double {
    var sum = point[width]
    for feature in 0..<width { sum += point[feature] * features[row * width + feature] }
    return sum
  }

  private func value(at point: [Double]) -> Double {
    var sum = 0.0
    for row in weights.indices where weights[row] > 0 {
      let margin = margin(row, point)
      sum += weights[row] * (max(margin, 0) + log1p(exp(-margin.magnitude)) - targets[row] * margin)
    }
    return sum + penalty / 2 * point.dropLast().reduce(0) { $0 + $1 * $1 }
  }

  private func gradient(at point: [Double], hessian: inout NewtonSystem) -> [Double] {
    var gradient = point.map { $0 * penalty }
    gradient[width] = 0
    for feature in 0..<width { hessian.matrix[hessian.place(feature, feature)] = penalty }
    var x = [Double](repeating: 1, count: width + 1)
    hessian.matrix.withUnsafeMutableBufferPointer { matrix in
      for row in weights.indices where weights[row] > 0 {
        let chance = Self.chance(margin(row, point))
        let slope = weights[row] * (chance - targets[row])
        let curvature = weights[row] * chance * (1 - chance)
        for feature in 0..<width { x[feature] = features[row * width + feature] }
        var place = 0
        for i in 0...width {
          gradient[i] += slope * x[i]
          let factor = curvature * x[i]
          for j in 0...i { matrix[place + j] += factor * x[j] }
          place += i + 1
        }
      }
    }
    return gradient
  }

  /// 1 / (1 + e^−m), without overflow for any m.
  static func chance(_ margin: Double) -> Double {
    if margin >= 0 { return 1 / (1 + exp(-margin)) }
    let power = exp(margin)
    return power / (1 + power)
  }
}
