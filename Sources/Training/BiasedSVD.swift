import Kernels

/// Biased matrix factorisation by stochastic gradient descent: score ≈ mean + bᵤ + bₜ + pᵤ·qₜ.
///
/// The model of Koren, Bell and Volinsky ("Matrix Factorization Techniques for Recommender Systems", IEEE Computer
/// 2009) with the updates, the order of visits and the starting values of Surprise's `SVD`, in floats (see
/// `FactorDescent`). Biases begin at 0, factors with N(0, 0.1), drawn from numpy's `RandomState(seed)` for the users
/// and then for the tweets, in ``FactorOrder``.
///
/// On one thread the visits are Surprise's, and what differs from ``ExactSVD`` is rounding. On more, a
/// ``FactorGrid`` deals them out so that no two threads meet at a row; the same log, settings, seed and number of
/// threads give the same bits, another number of threads other ones of the same quality.
package final class BiasedSVD: Factorization {
  /// Who takes part, and in which order.
  package let order: FactorOrder
  /// What is learnt and how.
  package let settings: SVDSettings
  private let users: FactorTable
  private let tweets: FactorTable
  private let grid: FactorGrid
  private let descent: FactorDescent

  /// The state before the first epoch; nil where the system has no memory for it.
  package init?(order: FactorOrder, settings: SVDSettings, seed: UInt64, threads: Int = 1) {
    guard let users = FactorTable(count: order.userRows.count, factors: settings.factors),
      let tweets = FactorTable(count: order.tweetRows.count, factors: settings.factors)
    else { return nil }
    self.order = order
    self.settings = settings
    self.users = users
    self.tweets = tweets
    var random = NumPyRandomState(seed: seed)
    grid = FactorGrid(order: order, parts: threads)
    for (table, places) in [(users, grid.userPlaces), (tweets, grid.tweetPlaces)] {
      for place in places {
        table.draw(Int(place), mean: settings.initialMean, deviation: settings.initialDeviation, from: &random)
      }
    }
    // Without biases their rates are 0, and so they stay.
    var rates = settings.rates
    if !settings.isBiased { (rates.userBias, rates.tweetBias) = (0, 0) }
    descent = FactorDescent(mean: settings.isBiased ? order.meanScore : 0, rates: rates, penalties: settings.penalties)
  }

  /// See ``Factorization/runEpoch()``.
  package func runEpoch() -> Double {
    let squares = grid.sumOverBlocks { visits in descent.visit(visits, users: users, tweets: tweets) }
    return order.scores.isEmpty ? 0 : (squares / Double(order.scores.count)).squareRoot()
  }

  /// See ``Factorization/isFinite``.
  package var isFinite: Bool { users.isFinite && tweets.isFinite }

  /// See ``Factorization/copyUser(_:factors:)``.
  package func copyUser(_ user: Int, factors: UnsafeMutablePointer<Float>) -> Float {
    users.copy(Int(grid.userPlaces[user]), to: factors)
  }

  /// See ``Factorization/copyTweet(_:factors:)``.
  package func copyTweet(_ tweet: Int, factors: UnsafeMutablePointer<Float>) -> Float {
    tweets.copy(Int(grid.tweetPlaces[tweet]), to: factors)
  }

  /// See ``Factorization/predict(user:tweet:)``.
  package func predict(user: Int?, tweet: Int?) -> FactorPrediction {
    var product: Double?
    if let user, let tweet {
      product = zip(userFactors(user), tweetFactors(tweet)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    return predict(
      isBiased: settings.isBiased, userBias: user.map { Double(userBias($0)) },
      tweetBias: tweet.map { Double(tweetBias($0)) }, product: product)
  }

  /// The factors of a user.
  func userFactors(_ user: Int) -> [Float] { users.factors(Int(grid.userPlaces[user])) }

  /// The factors of a tweet.
  func tweetFactors(_ tweet: Int) -> [Float] { tweets.factors(Int(grid.tweetPlaces[tweet])) }

  /// The bias of a user.
  func userBias(_ user: Int) -> Float { users.bias(Int(grid.userPlaces[user])) }

  /// The bias of a tweet.
  func tweetBias(_ tweet: Int) -> Float { tweets.bias(Int(grid.tweetPlaces[tweet])) }
}
