/// Asks for tweets without candidates.
public struct RecommendQuery: Equatable, Sendable {
  /// For whom.
  public var userID: UInt64
  /// How many, 1 to ``Limits/listedTweets``; the default is already applied.
  public var limit: Int
  /// Whether the texts the model holds are wanted.
  public var includesText: Bool
  /// Whether the tweets' keys as logged are wanted.
  public var includesNames: Bool

  /// A query.
  public init(userID: UInt64, limit: Int, includesText: Bool = false, includesNames: Bool = false) {
    self.userID = userID
    self.limit = limit
    self.includesText = includesText
    self.includesNames = includesNames
  }
}
