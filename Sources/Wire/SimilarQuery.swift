/// Asks for the tweets whose text is closest to a given one.
public struct SimilarQuery {
  /// The tweet to compare with; where the model lacks it, `text` counts. 0 beside a text is no tweet.
  public var tweetID: UInt64
  /// Borrowed UTF-8, possibly invalid, at most ``Limits/textBytes``.
  public var text: UnsafeRawBufferPointer
  /// How many, 1 to ``Limits/listedTweets``; the default is already applied.
  public var limit: Int
  /// Whether the texts the model holds are wanted.
  public var includesText: Bool
  /// Whether the tweets' keys as logged are wanted.
  public var includesNames: Bool

  /// Whether only the text is to be compared with. A tweet may have the id 0, but who has just a text says 0 as well.
  public var asksByTextAlone: Bool { tweetID == 0 && !text.isEmpty }

  /// A query over borrowed text.
  public init(
    tweetID: UInt64, text: UnsafeRawBufferPointer, limit: Int, includesText: Bool = false, includesNames: Bool = false
  ) {
    self.tweetID = tweetID
    self.text = text
    self.limit = limit
    self.includesText = includesText
    self.includesNames = includesNames
  }
}
