/// Asks for the best tweets for nobody in particular.
public struct TopQuery: Equatable, Sendable {
  /// By what: see ``TopOrder``. Values of later versions pass as they are.
  public var order: TopOrder
  /// How many, 1 to ``Limits/listedTweets``; the default is already applied.
  public var limit: Int
  /// Whether the texts the model holds are wanted.
  public var includesText: Bool
  /// Whether the tweets' keys as logged are wanted.
  public var includesNames: Bool

  /// A query.
  public init(order: TopOrder, limit: Int, includesText: Bool = false, includesNames: Bool = false) {
    self.order = order
    self.limit = limit
    self.includesText = includesText
    self.includesNames = includesNames
  }
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
