/// Tweets chosen for a user, best first, as borrowed parallel columns.
public struct RecommendAnswer {
  /// The tweets.
  public var tweetIDs: UnsafeBufferPointer<UInt64>
  /// Their scores.
  public var scores: UnsafeBufferPointer<Float>
  /// Their texts; empty when not asked for.
  public var texts: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// Their keys as logged, each empty where it is the id in decimal; the column is empty when not asked for.
  public var names: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// Where they come from.
  public var source: String
  /// The model's version; its other strings are not sent.
  public var context: RankContext

  /// An answer over borrowed columns of one length.
  public init(
    tweetIDs: UnsafeBufferPointer<UInt64>, scores: UnsafeBufferPointer<Float>,
    texts: UnsafeBufferPointer<UnsafeRawBufferPointer> = .init(start: nil, count: 0),
    names: UnsafeBufferPointer<UnsafeRawBufferPointer> = .init(start: nil, count: 0), source: String,
    context: RankContext
  ) {
    self.tweetIDs = tweetIDs
    self.scores = scores
    self.texts = texts
    self.names = names
    self.source = source
    self.context = context
  }
}
