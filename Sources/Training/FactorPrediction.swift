/// What `surprise.SVD` predicts for a user and a tweet.
package struct FactorPrediction: Sendable, Equatable {
  /// The predicted score.
  package let score: Double
  /// Without biases nothing can be said unless both are known; the score is then the mean of the log.
  package let isImpossible: Bool

  /// The score held within the scale of the log's scores, as `predict(clip=True)` does.
  package func clipped(to scale: ClosedRange<Double>) -> Double {
    min(scale.upperBound, max(scale.lowerBound, score))
  }
}
