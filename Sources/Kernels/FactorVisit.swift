/// One engagement as gradient descent visits it.
package struct FactorVisit: Sendable, Equatable {
  /// Row of the user's table.
  package let user: UInt32
  /// Row of the tweets' table.
  package let tweet: UInt32
  /// What the engagement is worth.
  package let score: Float

  /// A visit; both rows must be rows of the tables that it is used with.
  package init(user: UInt32, tweet: UInt32, score: Float) {
    self.user = user
    self.tweet = tweet
    self.score = score
  }
}
