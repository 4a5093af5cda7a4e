/// The best tweets for nobody in particular, as borrowed parallel columns.
public struct TopAnswer {
  /// The tweets, best first.
  public var tweetIDs: UnsafeBufferPointer<UInt64>
  /// PageRank (a probability) or popularity (a sum of engagement scores).
  public var values: UnsafeBufferPointer<Double>
  /// Their texts; empty when not asked for.
  public var texts: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// Their keys as logged, each empty where it is the id in decimal; the column is empty when not asked for.
  public var names: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// The model's version; its other strings are not sent.
  public var context: RankContext

  /// An answer over borrowed columns of one length.
  public init(
    tweetIDs: UnsafeBufferPointer<UInt64>, values: UnsafeBufferPointer<Double>,
    texts: UnsafeBufferPointer<UnsafeRawBufferPointer> = .init(start: nil, count: 0),
    names: UnsafeBufferPointer<UnsafeRawBufferPointer> = .init(start: nil, count: 0), context: RankContext
  ) {
    self.tweetIDs = tweetIDs
    self.values = values
    self.texts = texts
    self.names = names
    self.context = context
  }
}
