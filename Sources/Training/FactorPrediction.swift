/// What `surprise.SVD` predicts for a user and a tweet.
package struct FactorPrediction: Sendable, Equatable {
  /// The predicted score.
  package let score: Double
  /// Without biases nothing can be said unless both are known; the score is then the mean of the log.
  package let isImpossible: Bool
}
