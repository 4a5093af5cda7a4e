import Ranking

/// The result of a call, as borrowed columns; they must stay valid until the encoder returns.
public enum ReplyBody {
  /// Rank.
  case rank(RankedTweets, RankContext, Degradation = .none)
  /// Recommend.
  case recommended(RecommendAnswer, RankContext, Degradation = .none)
  /// SimilarTweets.
  case similar(SimilarAnswer)
  /// TopTweets.
  case top(TopAnswer)
  /// RecordEvents: how many events are durable now, and the log's sequence number of the last.
  case recorded(count: UInt32, lastSequence: UInt64)
  /// Describe.
  case description(ServerDescription)
  /// The server reads no more from this connection; calls after `lastCallID` were not taken up.
  case goAway(lastCallID: UInt64)
  /// An error, whose header says all.
  case none
}
