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
  /// RecordEvents: how many events were added to the log and are durable now, how many were in it already, how many of
  /// those added do not count, and a sequence number of the log at which all are in it.
  case recorded(count: UInt32, duplicates: UInt32 = 0, unmatched: UInt32 = 0, lastSequence: UInt64)
  /// SetRewards: what is in force.
  case rewards(RewardWeights)
  /// ReloadModel: the model that is served now, and the one before.
  case reloaded(modelVersion: String, previousVersion: String)
  /// Describe.
  case description(ServerDescription)
  /// Ping.
  case pong
  /// Authenticate.
  case authenticated
  /// The server reads no more from this connection; calls after `lastCallID` were not taken up.
  case goAway(lastCallID: UInt64)
  /// An error, whose header says all.
  case none
}
