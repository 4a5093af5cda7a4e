/// How Bayesian personalised ranking learns; the defaults are those of `implicit.bpr.BayesianPersonalizedRanking`.
package struct BPRSettings: Sendable {
  /// Length of a factor vector without the bias, at least 1.
  package var factors = 100
  /// Step of gradient descent, positive; used in 24 bits, as the library does.
  package var learningRate: Float = 0.01
  /// Weight of the L2 penalty, at least 0; used in 24 bits.
  package var regularization: Float = 0.01
  /// Whether a pair is skipped if the user engaged with the second item too.
  package var verifiesNegatives = true

  /// The defaults, changed where asked.
  package init(
    factors: Int = 100, learningRate: Float = 0.01, regularization: Float = 0.01, verifiesNegatives: Bool = true
  ) {
    self.factors = factors
    self.learningRate = learningRate
    self.regularization = regularization
    self.verifiesNegatives = verifiesNegatives
  }

  func validate() throws(ImplicitError) {
    guard (1...4096).contains(factors) else {
      throw .badSetting(name: "factors", value: "\(factors)", reason: "must be 1…4096")
    }
    guard learningRate > 0, learningRate.isFinite else {
      throw .badSetting(name: "learningRate", value: "\(learningRate)", reason: "must be positive")
    }
    guard regularization >= 0, regularization.isFinite else {
      throw .badSetting(name: "regularization", value: "\(regularization)", reason: "must be at least 0")
    }
  }
}
