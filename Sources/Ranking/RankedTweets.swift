/// The answer to a ``RankQuery`` as parallel columns, best first: views into a ``RankScratch``, valid until its next
/// use.
public struct RankedTweets {
  /// Names this ranking in feedback.
  public var requestID: UInt64
  /// The ranked ids.
  public var tweetIDs: UnsafeBufferPointer<UInt64>
  /// Served scores, finite.
  public var scores: UnsafeBufferPointer<Float>
  /// Probability that this tweet was put at this position, in (0, 1].
  public var propensities: UnsafeBufferPointer<Float>
  /// What the model knew of each tweet (raw values of ``Familiarity``).
  public var familiarity: UnsafeBufferPointer<UInt32>
  /// Number of columns of the two tables below, those of steps included; 0 when not explained.
  public var explainedSignals: Int
  /// Row-major [count, explainedSignals]; a row summed from left to right is exactly its score.
  public var contributions: UnsafeBufferPointer<Float>
  /// Raw values in the same layout.
  public var values: UnsafeBufferPointer<Float>
  /// Texts, or empty when not asked for; views into the model.
  public var texts: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// Whether the model has a row for the user.
  public var userIsKnown: Bool
  /// 1-based position filled by exploration; 0: none.
  public var exploredPosition: Int
  /// Candidates left out because their id came earlier in the list.
  public var duplicatesRemoved: Int
  /// Caller scores that were not finite and counted as 0.
  public var valuesReplaced: Int

  /// An answer over borrowed columns.
  public init(
    requestID: UInt64,
    tweetIDs: UnsafeBufferPointer<UInt64>,
    scores: UnsafeBufferPointer<Float>,
    propensities: UnsafeBufferPointer<Float>,
    familiarity: UnsafeBufferPointer<UInt32>,
    explainedSignals: Int,
    contributions: UnsafeBufferPointer<Float>,
    values: UnsafeBufferPointer<Float>,
    texts: UnsafeBufferPointer<UnsafeRawBufferPointer>,
    userIsKnown: Bool,
    exploredPosition: Int,
    duplicatesRemoved: Int,
    valuesReplaced: Int
  ) {
    self.requestID = requestID
    self.tweetIDs = tweetIDs
    self.scores = scores
    self.propensities = propensities
    self.familiarity = familiarity
    self.explainedSignals = explainedSignals
    self.contributions = contributions
    self.values = values
    self.texts = texts
    self.userIsKnown = userIsKnown
    self.exploredPosition = exploredPosition
    self.duplicatesRemoved = duplicatesRemoved
    self.valuesReplaced = valuesReplaced
  }
}

/// What the model knows about a candidate; raw values are those of the wire.
public enum Familiarity: UInt32 {
  /// It has a row in the model.
  case known = 0
  /// Not in the model, scored by text, author and priors.
  case text = 1
  /// Not in the model and without text.
  case unknown = 2
}
