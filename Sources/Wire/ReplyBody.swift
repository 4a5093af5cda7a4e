import Ranking

/// What every reply carries besides its result.
public struct ReplyHeader: Equatable, Sendable {
  /// The call's id; 0: a notice about the connection, or a call whose id could not be read.
  public var id: UInt64
  /// How the call ended.
  public var status: ReplyStatus
  /// From the arrival of the frame's last byte to now.
  public var serverMicros: UInt32
  /// The part of it spent waiting in the run queue.
  public var queueMicros: UInt32

  /// A header; by default of a call that went well.
  public init(id: UInt64, status: ReplyStatus = .ok, serverMicros: UInt32 = 0, queueMicros: UInt32 = 0) {
    self.id = id
    self.status = status
    self.serverMicros = serverMicros
    self.queueMicros = queueMicros
  }
}

/// The result of a call, as borrowed columns; they must stay valid until the encoder returns.
public enum ReplyBody {
  /// Rank.
  case rank(RankedTweets, RankContext, Degradation = .none)
  /// Recommend.
  case recommended(RecommendAnswer)
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

/// What was left out of a ranking to keep the budget.
public struct Degradation: Equatable, Sendable {
  /// 0: nothing.
  public var level: UInt32
  /// Bit s set: signal s of ``RankContext/signalNames`` was skipped. Bits past the last signal are ignored.
  public var skippedSignals: UInt64

  /// A degradation.
  public init(level: UInt32, skippedSignals: UInt64) {
    self.level = level
    self.skippedSignals = skippedSignals
  }

  /// Nothing was left out.
  public static let none = Degradation(level: 0, skippedSignals: 0)
}
