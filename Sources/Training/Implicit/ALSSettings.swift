/// How alternating least squares runs; the defaults are those of `implicit.als.AlternatingLeastSquares`.
package struct ALSSettings: Sendable {
  /// How each row's normal equations are solved.
  package enum Solver: Sendable, Equatable {
    /// Exactly, by Cholesky's decomposition.
    case cholesky
    /// By so many steps of conjugate gradients from the factors before (Takács, Pilászy and Tikk, "Applications of the
    /// Conjugate Gradient Method for Implicit Feedback Collaborative Filtering", RecSys 2011).
    case conjugateGradients(steps: Int)
  }

  /// Length of a factor vector, at least 1.
  package var factors = 100
  /// λ, weight of the factors' squares, at least 0.
  package var regularization = 0.01
  /// What the interactions' values are multiplied with to give confidences.
  package var alpha = 1.0
  /// By default three steps of conjugate gradients.
  package var solver = Solver.conjugateGradients(steps: 3)

  /// The defaults, changed where asked.
  package init(
    factors: Int = 100, regularization: Double = 0.01, alpha: Double = 1,
    solver: Solver = .conjugateGradients(steps: 3)
  ) {
    self.factors = factors
    self.regularization = regularization
    self.alpha = alpha
    self.solver = solver
  }

  func validate() throws(ImplicitError) {
    guard (1...4096).contains(factors) else {
      throw .badSetting(name: "factors", value: "\(factors)", reason: "must be 1…4096")
    }
    guard regularization >= 0, regularization.isFinite else {
      throw .badSetting(name: "regularization", value: "\(regularization)", reason: "must be at least 0")
    }
    guard Float(alpha).isFinite else {
      throw .badSetting(name: "alpha", value: "\(alpha)", reason: "must be a finite number")
    }
  }
}
