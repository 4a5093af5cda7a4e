import Glibc

extension SeededGenerator {
  /// A number from the gamma distribution with this shape (positive and finite) and scale 1.
  ///
  /// Marsaglia and Tsang ("A Simple Method for Generating Gamma Variables", ACM TOMS 2000): a cubed normal, accepted
  /// with a probability above 0.95. Shapes below 1 are drawn one higher and scaled by a uniform to the power 1/shape.
  package mutating func gamma(shape: Double) -> Double {
    precondition(shape > 0 && shape.isFinite, "a gamma distribution needs a positive shape, got \(shape)")
    if shape < 1 {
      let boost = pow(1 - uniform(), 1 / shape)
      return gamma(shape: shape + 1) * boost
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = gaussian()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      // In (0, 1], so that its logarithm is finite.
      let u = 1 - uniform()
      if log(u) < 0.5 * x * x + d * (1 - v + log(v)) { return d * v }
    }
  }

  /// A number in [0, 1] from the beta distribution, whose parameters are positive and finite: X / (X + Y) of two
  /// gammas.
  package mutating func beta(_ a: Double, _ b: Double) -> Double {
    let x = gamma(shape: a)
    let y = gamma(shape: b)
    // Tiny shapes may underflow in both; then the two ends are what the distribution is near.
    guard x + y > 0 else { return uniform() * (a + b) < a ? 1 : 0 }
    return x / (x + y)
  }
}
