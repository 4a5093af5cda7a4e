/// Asks for tweets without candidates.
public struct RecommendQuery: Equatable, Sendable {
  /// For whom.
  public var userID: UInt64
  /// How many, 1 to ``Limits/listedTweets``; the default is already applied.
  public var limit: Int
  /// Whether the texts the model holds are wanted.
  public var includesText: Bool
}

/// Asks for the tweets whose text is closest to a given one.
public struct SimilarQuery {
  /// The tweet to compare with; where the model lacks it, `text` counts.
  public var tweetID: UInt64
  /// Borrowed UTF-8, possibly invalid, at most ``Limits/textBytes``.
  public var text: UnsafeRawBufferPointer
  /// How many, 1 to ``Limits/listedTweets``; the default is already applied.
  public var limit: Int
  /// Whether the texts the model holds are wanted.
  public var includesText: Bool
}

/// Asks for the best tweets for nobody in particular.
public struct TopQuery: Equatable, Sendable {
  /// By what: see ``TopOrder``. Values of later versions pass as they are.
  public var order: TopOrder
  /// How many, 1 to ``Limits/listedTweets``; the default is already applied.
  public var limit: Int
  /// Whether the texts the model holds are wanted.
  public var includesText: Bool
}

/// By what TopTweets orders.
public struct TopOrder: RawRepresentable, Equatable, Hashable, Sendable {
  /// The value on the wire.
  public let rawValue: UInt32

  /// Any value of the wire.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// By PageRank.
  public static let pageRank = TopOrder(rawValue: 0)
  /// By the sum of engagement scores.
  public static let popularity = TopOrder(rawValue: 1)
}
