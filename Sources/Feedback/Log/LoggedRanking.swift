/// One answer of the server as the log keeps it: who was shown what, in which order, with which probability, chosen from
/// which candidates.
public struct LoggedRanking: Equatable, Sendable {
  /// One item that was shown, by position.
  public struct Item: Equatable, Sendable {
    /// The tweet.
    public var tweetID: UInt64
    /// The probability with which it was put at this position, in (0, 1].
    public var propensity: Float
    /// Its served score.
    public var score: Float

    /// An item.
    public init(tweetID: UInt64, propensity: Float, score: Float) {
      self.tweetID = tweetID
      self.propensity = propensity
      self.score = score
    }
  }

  /// Names the ranking in feedback; never 0.
  public var requestID: UInt64
  /// For whom.
  public var userID: UInt64
  /// When, in Unix seconds.
  public var timestampSeconds: Int64
  /// The policy that chose, as the reply named it.
  public var policyVersion: String
  /// The model that scored, as the reply named it.
  public var modelVersion: String
  /// The first items of the answer, best first.
  public var items: [Item]
  /// All that could have been shown, in the caller's order, duplicates removed; empty where it was not kept.
  public var candidates: [UInt64]
  /// Row-major [items, features]: what a contextual policy looked at, in 1/256; empty for others.
  public var features: [Int16]

  /// A ranking.
  public init(
    requestID: UInt64, userID: UInt64, timestampSeconds: Int64, policyVersion: String, modelVersion: String,
    items: [Item], candidates: [UInt64] = [], features: [Int16] = []
  ) {
    self.requestID = requestID
    self.userID = userID
    self.timestampSeconds = timestampSeconds
    self.policyVersion = policyVersion
    self.modelVersion = modelVersion
    self.items = items
    self.candidates = candidates
    self.features = features
  }
}
