/// Tweets chosen for a user, best first, as borrowed parallel columns.
public struct RecommendAnswer {
  /// The tweets.
  public var tweetIDs: UnsafeBufferPointer<UInt64>
  /// Their scores.
  public var scores: UnsafeBufferPointer<Float>
  /// Their texts; empty when not asked for.
  public var texts: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// Where they come from.
  public var source: String
  /// The model's version; its other strings are not sent.
  public var context: RankContext

  /// An answer over borrowed columns of one length.
  public init(
    tweetIDs: UnsafeBufferPointer<UInt64>, scores: UnsafeBufferPointer<Float>,
    texts: UnsafeBufferPointer<UnsafeRawBufferPointer> = .init(start: nil, count: 0), source: String,
    context: RankContext
  ) {
    self.tweetIDs = tweetIDs
    self.scores = scores
    self.texts = texts
    self.source = source
    self.context = context
  }
}

/// The tweets closest to a text, most similar first, as borrowed parallel columns.
public struct SimilarAnswer {
  /// The tweets.
  public var tweetIDs: UnsafeBufferPointer<UInt64>
  /// Cosines of the TF-IDF vectors, in (0, 1].
  public var similarities: UnsafeBufferPointer<Float>
  /// Their texts; empty when not asked for.
  public var texts: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// The model's version; its other strings are not sent.
  public var context: RankContext

  /// An answer over borrowed columns of one length.
  public init(
    tweetIDs: UnsafeBufferPointer<UInt64>, similarities: UnsafeBufferPointer<Float>,
    texts: UnsafeBufferPointer<UnsafeRawBufferPointer> = .init(start: nil, count: 0), context: RankContext
  ) {
    self.tweetIDs = tweetIDs
    self.similarities = similarities
    self.texts = texts
    self.context = context
  }
}

/// The best tweets for nobody in particular, as borrowed parallel columns.
public struct TopAnswer {
  /// The tweets, best first.
  public var tweetIDs: UnsafeBufferPointer<UInt64>
  /// PageRank (a probability) or popularity (a sum of engagement scores).
  public var values: UnsafeBufferPointer<Double>
  /// Their texts; empty when not asked for.
  public var texts: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// The model's version; its other strings are not sent.
  public var context: RankContext

  /// An answer over borrowed columns of one length.
  public init(
    tweetIDs: UnsafeBufferPointer<UInt64>, values: UnsafeBufferPointer<Double>,
    texts: UnsafeBufferPointer<UnsafeRawBufferPointer> = .init(start: nil, count: 0), context: RankContext
  ) {
    self.tweetIDs = tweetIDs
    self.values = values
    self.texts = texts
    self.context = context
  }
}
