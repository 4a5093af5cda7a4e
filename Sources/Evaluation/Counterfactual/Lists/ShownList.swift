/// One answer of a server as an evaluation looks at it: who was shown what, with which probability, out of what.
package struct ShownList: Sendable {
  /// One item, by position.
  package struct Item: Sendable {
    package var tweetID: UInt64
    /// The probability with which the logging policy put it there.
    package var propensity: Float
    /// The score that it was served with.
    package var score: Float

    package init(tweetID: UInt64, propensity: Float, score: Float) {
      self.tweetID = tweetID
      self.propensity = propensity
      self.score = score
    }
  }

  /// Names the list in feedback.
  package var requestID: UInt64
  package var userID: UInt64
  /// Unix seconds.
  package var time: Int64
  /// Who chose, and who scored.
  package var policyVersion: String
  package var modelVersion: String
  /// Best first.
  package var items: [Item]
  /// All that could have been shown, different from each other.
  package var candidates: [UInt64]

  package init(
    requestID: UInt64, userID: UInt64, time: Int64, policyVersion: String, modelVersion: String, items: [Item],
    candidates: [UInt64]
  ) {
    self.requestID = requestID
    self.userID = userID
    self.time = time
    self.policyVersion = policyVersion
    self.modelVersion = modelVersion
    self.items = items
    self.candidates = candidates
  }
}
