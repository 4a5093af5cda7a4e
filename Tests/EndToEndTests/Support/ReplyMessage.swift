import ServerSupport
import CProtobufC
import RankingProto

/// gRPC's codes that replies carry; `unknown` stands for a value that no test expects.
enum Code: UInt32 {
  case ok = 0
  case cancelled = 1
  case unknown = 2
  case invalidArgument = 3
  case deadlineExceeded = 4
  case notFound = 5
  case permissionDenied = 7
  case resourceExhausted = 8
  case failedPrecondition = 9
  case aborted = 10
  case unimplemented = 12
  case `internal` = 13
  case unavailable = 14
  case unauthenticated = 16
}

/// `apus.v1.Reason`, numbered once more, so that a renumbering fails a test.
enum Reason: UInt32 {
  case unspecified, protocolMismatch, frameTooLarge, slowFrame, idle, tooManyErrors, draining, malformed
  case decodeBudget, callID, queueFull, slowReader, feedbackLog, overloaded
  case connectionLimit = 15
  case tooManyPings, token, tooManyCancels
  case modelRefused = 20
  case reloading
  case memory = 24
}

/// A reply as a client reads it, unpacked by protobuf-c and copied out.
struct ReplyMessage {
  enum Result {
    case none
    case rank(RankAnswer)
    case similar(tweets: [UInt64], similarities: [Float], texts: [[UInt8]])
    case top(tweets: [UInt64], values: [Double], texts: [[UInt8]])
    case recorded(RecordAnswer)
    case reloaded(now: String, before: String)
    case description(DescribeAnswer)
    case goAway(lastCallID: UInt64)
  }

  let id: UInt64
  let code: Code
  let reason: Reason
  let message: String
  let isExecuted: Bool
  let retryAfterMillis: UInt32
  let serverMicros: UInt32
  let queueMicros: UInt32
  let result: Result

  init(_ payload: [UInt8]) throws {
    guard let unpacked = apus__v1__reply__unpack(nil, payload.count, payload) else {
      throw TestFailure("\(payload.count) bytes are not a Reply: \(payload.prefix(40))")
    }
    defer { apus__v1__reply__free_unpacked(unpacked, nil) }
    let reply = unpacked.pointee
    guard let status = reply.status?.pointee else { throw TestFailure("reply \(reply.id) has no status") }
    id = reply.id
    code = Code(rawValue: status.code.rawValue) ?? .unknown
    reason = Reason(rawValue: status.reason.rawValue) ?? .unspecified
    message = status.message.map { String(cString: $0) } ?? ""
    isExecuted = status.executed != 0
    retryAfterMillis = status.retry_after_ms
    serverMicros = reply.server_micros
    queueMicros = reply.queue_micros
    result = Self.result(of: reply)
  }

  private static func result(of reply: Apus__V1__Reply) -> Result {
    switch reply.result_case {
    case APUS__V1__REPLY__RESULT_RANK: .rank(RankAnswer(reply.rank.pointee))
    case APUS__V1__REPLY__RESULT_SIMILAR_TWEETS: similar(reply.similar_tweets.pointee)
    case APUS__V1__REPLY__RESULT_TOP_TWEETS: top(reply.top_tweets.pointee)
    case APUS__V1__REPLY__RESULT_RECORD_EVENTS:
      .recorded(RecordAnswer(reply.record_events.pointee))
    case APUS__V1__REPLY__RESULT_RELOAD_MODEL:
      .reloaded(
        now: String(cString: reply.reload_model.pointee.model_version),
        before: String(cString: reply.reload_model.pointee.previous_version))
    case APUS__V1__REPLY__RESULT_DESCRIBE: .description(DescribeAnswer(reply.describe.pointee))
    case APUS__V1__REPLY__RESULT_GO_AWAY: .goAway(lastCallID: reply.go_away.pointee.last_call_id)
    default: .none
    }
  }

  private static func similar(_ answer: Apus__V1__SimilarTweetsResponse) -> Result {
    .similar(
      tweets: copy(answer.tweet_ids, answer.n_tweet_ids),
      similarities: copy(answer.similarities, answer.n_similarities),
      texts: copy(answer.texts, answer.n_texts).map { copy($0.data, $0.len) })
  }

  private static func top(_ answer: Apus__V1__TopTweetsResponse) -> Result {
    .top(
      tweets: copy(answer.tweet_ids, answer.n_tweet_ids), values: copy(answer.values, answer.n_values),
      texts: copy(answer.texts, answer.n_texts).map { copy($0.data, $0.len) })
  }

  static func copy<T>(_ start: UnsafeMutablePointer<T>?, _ count: Int) -> [T] {
    Array(UnsafeBufferPointer(start: start, count: count))
  }

  // MARK: Questions

  /// The ranking; throws, with what came instead, where there is none.
  var ranking: RankAnswer {
    get throws {
      guard case .rank(let answer) = result, code == .ok else { throw TestFailure("no ranking but \(self)") }
      return answer
    }
  }

  /// The description; throws, with what came instead, where there is none.
  var described: DescribeAnswer {
    get throws {
      guard case .description(let answer) = result, code == .ok else { throw TestFailure("no description but \(self)") }
      return answer
    }
  }

  /// Whether the call was not executed since a busy machine did not get to it, or would not have, within its budget.
  var isTooBusy: Bool { code == .deadlineExceeded || (code == .resourceExhausted && reason == .overloaded) }

  /// The last call taken up, where this is the notice that ends a connection.
  var goAwayLastCallID: UInt64? {
    guard case .goAway(let last) = result, id == 0 else { return nil }
    return last
  }
}

/// What became of events.
struct RecordAnswer: Equatable {
  var recorded: UInt32
  var duplicates: UInt32
  var unmatched: UInt32
  var lastSequence: UInt64

  init(_ answer: Apus__V1__RecordEventsResponse) {
    (recorded, duplicates, unmatched) = (answer.recorded, answer.duplicates, answer.unmatched)
    lastSequence = answer.last_sequence
  }
}
