import Kernels

/// `surprise.SVD`, bit for bit: its starting values, its order of visits and its operations, in doubles on one thread.
///
/// See ``BiasedSVD`` for the model, and for the faster one in floats.
package final class ExactSVD: Factorization {
  /// Who takes part, and in which order.
  package let order: FactorOrder
  /// What is learnt and how.
  package let settings: SVDSettings
  /// [users] `bu`.
  package private(set) var userBias: [Double]
  /// [tweets] `bi`.
  package private(set) var tweetBias: [Double]
  /// [users, factors] `pu`, row by row.
  package private(set) var userFactors: [Double]
  /// [tweets, factors] `qi`, row by row.
  package private(set) var tweetFactors: [Double]

  /// The state before the first epoch: biases 0, factors drawn from `RandomState(seed)`, users first.
  package init(order: FactorOrder, settings: SVDSettings, seed: UInt64) {
    self.order = order
    self.settings = settings
    userBias = [Double](repeating: 0, count: order.userRows.count)
    tweetBias = [Double](repeating: 0, count: order.tweetRows.count)
    var random = NumPyRandomState(seed: seed)
    func draw(_ rows: Int) -> [Double] {
      (0..<rows * settings.factors).map { _ in
        random.normal(mean: settings.initialMean, deviation: settings.initialDeviation)
      }
    }
    userFactors = draw(order.userRows.count)
    tweetFactors = draw(order.tweetRows.count)
  }

  /// See ``Factorization/runEpoch()``.
  package func runEpoch() -> Double {
    let descent = ExactDescent(rates: settings.rates, penalties: settings.penalties)
    let mean = settings.isBiased ? order.meanScore : nil
    var squares = 0.0
    userBias.withUnsafeMutableBufferPointer { userBias in
      tweetBias.withUnsafeMutableBufferPointer { tweetBias in
        userFactors.withUnsafeMutableBufferPointer { userFactors in
          tweetFactors.withUnsafeMutableBufferPointer { tweetFactors in
            let state = ExactDescent.State(
              userBias: userBias, tweetBias: tweetBias, userFactors: userFactors, tweetFactors: tweetFactors)
            guard let state else { return }
            squares = descent.visit(
              users: order.users, tweets: order.tweets, scores: order.scores, mean: mean, count: settings.factors,
              state: state)
          }
        }
      }
    }
    return order.scores.isEmpty ? 0 : (squares / Double(order.scores.count)).squareRoot()
  }

  /// See ``Factorization/isFinite``.
  package var isFinite: Bool {
    [userBias, tweetBias, userFactors, tweetFactors].allSatisfy { $0.allSatisfy(\.isFinite) }
  }

  /// See ``Factorization/copyUser(_:factors:)``.
  package func copyUser(_ user: Int, factors: UnsafeMutablePointer<Float>) -> Float {
    for factor in 0..<settings.factors { factors[factor] = Float(userFactors[user * settings.factors + factor]) }
    return Float(userBias[user])
  }

  /// See ``Factorization/copyTweet(_:factors:)``.
  package func copyTweet(_ tweet: Int, factors: UnsafeMutablePointer<Float>) -> Float {
    for factor in 0..<settings.factors { factors[factor] = Float(tweetFactors[tweet * settings.factors + factor]) }
    return Float(tweetBias[tweet])
  }

  /// See ``Factorization/predict(user:tweet:)``. The sum over the factors runs from the first to the last, where
  /// numpy's depends on the CPU; they differ by no more than rounding.
  package func predict(user: Int?, tweet: Int?) -> FactorPrediction {
    var product: Double?
    if let user, let tweet {
      let count = settings.factors
      product = (0..<count).reduce(0) { $0 + tweetFactors[tweet * count + $1] * userFactors[user * count + $1] }
    }
    return predict(
      isBiased: settings.isBiased, userBias: user.map { userBias[$0] }, tweetBias: tweet.map { tweetBias[$0] },
      product: product)
  }
}
