/// The tweets closest to a text, most similar first, as borrowed parallel columns.
public struct SimilarAnswer {
  /// The tweets.
  public var tweetIDs: UnsafeBufferPointer<UInt64>
  /// Cosines of the TF-IDF vectors, in (0, 1].
  public var similarities: UnsafeBufferPointer<Float>
  /// Their texts; empty when not asked for.
  public var texts: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// Their keys as logged, each empty where it is the id in decimal; the column is empty when not asked for.
  public var names: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// The model's version; its other strings are not sent.
  public var context: RankContext

  /// An answer over borrowed columns of one length.
  public init(
    tweetIDs: UnsafeBufferPointer<UInt64>, similarities: UnsafeBufferPointer<Float>,
    texts: UnsafeBufferPointer<UnsafeRawBufferPointer> = .init(start: nil, count: 0),
    names: UnsafeBufferPointer<UnsafeRawBufferPointer> = .init(start: nil, count: 0), context: RankContext
  ) {
    self.tweetIDs = tweetIDs
    self.similarities = similarities
    self.texts = texts
    self.names = names
    self.context = context
  }
}
