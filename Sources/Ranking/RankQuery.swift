/// One ranking request as columns: views into memory that the caller keeps alive during the call.
public struct RankQuery {
  /// Whom to rank for.
  public var userID: UInt64
  /// Candidates, in the caller's order.
  public var tweetIDs: UnsafeBufferPointer<UInt64>
  /// Empty, or each candidate's author (0: unknown).
  public var authorIDs: UnsafeBufferPointer<UInt64>
  /// Empty, or the caller's own score of each candidate; any float, ``Signals`` makes it finite.
  public var callerScores: UnsafeBufferPointer<Float>
  /// Further candidates, sent with their text.
  public var newTweets: UnsafeBufferPointer<NewTweet>
  /// Unix seconds of the request; 0: as of the model's training data.
  public var time: Int64 = 0
  /// Return only this many; 0 returns all.
  public var limit: Int
  /// How much is looked at.
  public var effort = RankEffort.full
  /// Whether contributions are wanted.
  public var explains: Bool
  /// Whether the texts the model holds are wanted.
  public var includesText: Bool

  /// A query over borrowed columns.
  public init(
    userID: UInt64,
    tweetIDs: UnsafeBufferPointer<UInt64>,
    authorIDs: UnsafeBufferPointer<UInt64> = .init(start: nil, count: 0),
    callerScores: UnsafeBufferPointer<Float> = .init(start: nil, count: 0),
    newTweets: UnsafeBufferPointer<NewTweet> = .init(start: nil, count: 0),
    limit: Int = 0,
    explains: Bool = false,
    includesText: Bool = false
  ) {
    self.userID = userID
    self.tweetIDs = tweetIDs
    self.authorIDs = authorIDs
    self.callerScores = callerScores
    self.newTweets = newTweets
    self.limit = limit
    self.explains = explains
    self.includesText = includesText
  }

  /// The author of the candidate from `source`, an index into columns and then new tweets; 0: unknown.
  func authorID(ofSource source: Int) -> UInt64 {
    if source >= tweetIDs.count { return newTweets[source - tweetIDs.count].authorID }
    return authorIDs.isEmpty ? 0 : authorIDs[source]
  }

  /// All candidates, known by id or sent with text, duplicates included.
  public var candidateCount: Int { tweetIDs.count + newTweets.count }
}

/// A candidate sent with its text; the text is borrowed UTF-8, possibly invalid.
public struct NewTweet {
  /// The candidate's id.
  public var tweetID: UInt64
  /// Its author's id; 0: unknown.
  public var authorID: UInt64
  /// The caller's own score; any float.
  public var callerScore: Float
  /// Borrowed UTF-8 bytes, possibly invalid.
  public var text: UnsafeRawBufferPointer

  /// A candidate over borrowed text.
  public init(tweetID: UInt64, authorID: UInt64, callerScore: Float, text: UnsafeRawBufferPointer) {
    self.tweetID = tweetID
    self.authorID = authorID
    self.callerScore = callerScore
    self.text = text
  }
}
