/// The single numbers that every ranking reads of a tweet, side by side: one wait for memory instead of three.
struct TweetNumbers {
  /// SVD bias.
  let bias: Float
  /// Signal value of ``Signal/tweetPageRank``.
  let prior: Float
  /// Signal value of ``Signal/authorPageRank``.
  let authorPrior: Float
  /// Fills up a quarter of a cache line, so that no tweet's numbers lie in two.
  private let padding: Float = 0

  init(bias: Float, prior: Float, authorPrior: Float) {
    self.bias = bias
    self.prior = prior
    self.authorPrior = authorPrior
  }
}
