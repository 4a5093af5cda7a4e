/// A number for each of the four kinds of parameter that matrix factorisation learns: a learning rate or a penalty.
package struct FactorTerms: Sendable, Equatable {
  /// For the users' biases; `bu` in Surprise.
  package var userBias: Double
  /// For the tweets' biases; `bi` in Surprise.
  package var tweetBias: Double
  /// For the users' factors; `pu` in Surprise.
  package var userFactors: Double
  /// For the tweets' factors; `qi` in Surprise.
  package var tweetFactors: Double

  /// The same number for all four.
  package init(all value: Double) {
    self.init(userBias: value, tweetBias: value, userFactors: value, tweetFactors: value)
  }

  /// A number for each.
  package init(userBias: Double, tweetBias: Double, userFactors: Double, tweetFactors: Double) {
    self.userBias = userBias
    self.tweetBias = tweetBias
    self.userFactors = userFactors
    self.tweetFactors = tweetFactors
  }
}
