import CProtobufC
import RankingProto
import ServerSupport
import Wire

/// A reply as a client reads it, unpacked by protobuf-c and copied out. Columns of other results are empty.
struct Answer {
  let id: UInt64
  let status: ReplyStatus
  let serverMicros: UInt32
  let queueMicros: UInt32
  /// The last call taken up, where this is the notice that ends a connection.
  private(set) var goAwayLastCallID: UInt64?
  private(set) var requestID: UInt64 = 0
  /// Of a ranking.
  private(set) var modelVersion = ""
  private(set) var tweets: [UInt64] = []
  private(set) var scores: [Float] = []
  private(set) var propensities: [Float] = []
  private(set) var degradation = (level: UInt32(0), skipped: [String]())
  private(set) var recommendation: Recommendation?
  private(set) var similarities: [Float] = []
  private(set) var values: [Double] = []
  private(set) var texts: [[UInt8]] = []
  private(set) var names: [[UInt8]] = []
  /// An explanation's rows, one for each of `tweets`; the last column is the bandit's.
  private(set) var contributions: [[Float]] = []
  private(set) var recorded: UInt32?
  private(set) var duplicates: UInt32?
  private(set) var unmatched: UInt32?
  private(set) var lastSequence: UInt64 = 0
  private(set) var description: Description?
  /// Whether this answers a ping.
  private(set) var isPong = false
  /// By type.
  private(set) var rewards: [UInt32: Double] = [:]
  private(set) var rewardsSetAt: Int64 = 0

  /// What Recommend tells beside the tweets.
  struct Recommendation: Equatable {
    var source: String
    var reason: ComputeReason?
    var userIsKnown: Bool
    var candidates: UInt32
    var madeAt: Int64
    var policyVersion: String
  }

  /// What Describe tells of a server.
  struct Description: Equatable {
    var serverVersion = ""
    var modelVersion = ""
    var users: UInt64 = 0
    var tweets: UInt64 = 0
    var workers: UInt32 = 0
    var eventsRecorded: UInt64 = 0
    var connectionsAccepted: UInt64 = 0
    var callsAnswered: UInt64 = 0
    var callsRefused: UInt64 = 0
    var callsInFlight: UInt32 = 0
    var onlineUpdates: UInt64 = 0
    var onlineUnmatched: UInt64 = 0
    var connectionsOpen: UInt64 = 0
    var connectionsRefused: UInt64 = 0
    var tokenFailures: UInt64 = 0
    var callsCancelled: UInt64 = 0
    var live = Live()
    var queue = QueueDescription()
  }

  /// What is kept of feedback, and what came of it.
  struct Live: Equatable {
    var arms: UInt64 = 0
    var tweets: UInt64 = 0
    var users: UInt64 = 0
    var remembered: UInt64 = 0
    var duplicates: UInt64 = 0
    var unmatched: UInt64 = 0
    var snapshotAt: Int64 = 0
  }

  init(_ payload: [UInt8]) throws {
    guard let unpacked = apus__v1__reply__unpack(nil, payload.count, payload) else {
      throw TestFailure("\(payload.count) bytes are not a Reply: \(payload.prefix(40))")
    }
    defer { apus__v1__reply__free_unpacked(unpacked, nil) }
    let reply = unpacked.pointee
    guard let status = reply.status?.pointee, let code = StatusCode(rawValue: UInt32(status.code.rawValue)),
      let reason = Reason(rawValue: UInt32(status.reason.rawValue))
    else { throw TestFailure("reply \(reply.id) has no status of this version") }
    id = reply.id
    self.status = ReplyStatus(
      code, reason: reason, message: String(cString: status.message), executed: status.executed != 0,
      retryAfterMillis: status.retry_after_ms)
    serverMicros = reply.server_micros
    queueMicros = reply.queue_micros
    copyResult(reply)
  }

  private mutating func copyResult(_ reply: Apus__V1__Reply) {
    switch reply.result_case {
    case APUS__V1__REPLY__RESULT_RANK: copy(reply.rank.pointee)
    case APUS__V1__REPLY__RESULT_RECOMMEND: copy(reply.recommend.pointee)
    case APUS__V1__REPLY__RESULT_SIMILAR_TWEETS:
      let answer = reply.similar_tweets.pointee
      tweets = Self.column(answer.tweet_ids, answer.n_tweet_ids)
      similarities = Self.column(answer.similarities, answer.n_similarities)
      texts = Self.column(answer.texts, answer.n_texts).map { Self.column($0.data, $0.len) }
      names = Self.column(answer.names, answer.n_names).map { Self.column($0.data, $0.len) }
    case APUS__V1__REPLY__RESULT_TOP_TWEETS:
      let answer = reply.top_tweets.pointee
      tweets = Self.column(answer.tweet_ids, answer.n_tweet_ids)
      values = Self.column(answer.values, answer.n_values)
      texts = Self.column(answer.texts, answer.n_texts).map { Self.column($0.data, $0.len) }
      names = Self.column(answer.names, answer.n_names).map { Self.column($0.data, $0.len) }
    case APUS__V1__REPLY__RESULT_RECORD_EVENTS:
      recorded = reply.record_events.pointee.recorded
      duplicates = reply.record_events.pointee.duplicates
      unmatched = reply.record_events.pointee.unmatched
      lastSequence = reply.record_events.pointee.last_sequence
    case APUS__V1__REPLY__RESULT_SET_REWARDS:
      let answer = reply.set_rewards.pointee
      rewardsSetAt = answer.set_at
      let types = Self.column(answer.types, answer.n_types).map { UInt32($0.rawValue) }
      rewards = Dictionary(zip(types, Self.column(answer.weights, answer.n_weights))) { first, _ in first }
    case APUS__V1__REPLY__RESULT_DESCRIBE: copy(reply.describe.pointee)
    case APUS__V1__REPLY__RESULT_PING: isPong = true
    case APUS__V1__REPLY__RESULT_GO_AWAY: goAwayLastCallID = reply.go_away.pointee.last_call_id
    default: break
    }
  }

  private mutating func copy(_ answer: Apus__V1__RankResponse) {
    requestID = answer.request_id
    modelVersion = String(cString: answer.model_version)
    tweets = Self.column(answer.tweet_ids, answer.n_tweet_ids)
    scores = Self.column(answer.scores, answer.n_scores)
    propensities = Self.column(answer.propensities, answer.n_propensities)
    copy(answer.degradation)
    guard let table = answer.explanation?.pointee, table.n_signals > 0 else { return }
    let all = Self.column(table.contributions, table.n_contributions)
    contributions = stride(from: 0, to: all.count, by: table.n_signals).map { Array(all[$0..<$0 + table.n_signals]) }
  }

  private mutating func copy(_ answer: Apus__V1__RecommendResponse) {
    requestID = answer.request_id
    modelVersion = String(cString: answer.model_version)
    tweets = Self.column(answer.tweet_ids, answer.n_tweet_ids)
    scores = Self.column(answer.scores, answer.n_scores)
    propensities = Self.column(answer.propensities, answer.n_propensities)
    texts = Self.column(answer.texts, answer.n_texts).map { Self.column($0.data, $0.len) }
    names = Self.column(answer.names, answer.n_names).map { Self.column($0.data, $0.len) }
    recommendation = Recommendation(
      source: String(cString: answer.source), reason: ComputeReason(rawValue: UInt32(answer.compute_reason.rawValue)),
      userIsKnown: answer.user_known != 0, candidates: answer.candidates, madeAt: answer.made_at,
      policyVersion: String(cString: answer.policy_version))
    copy(answer.degradation)
  }

  private mutating func copy(_ left: UnsafeMutablePointer<Apus__V1__Degradation>?) {
    guard let left = left?.pointee else { return }
    degradation = (
      left.level,
      Self.column(left.skipped_signals, left.n_skipped_signals).compactMap { $0.map { String(cString: $0) } }
    )
  }

  private mutating func copy(_ answer: Apus__V1__DescribeResponse) {
    description = Description(
      serverVersion: String(cString: answer.server_version), modelVersion: String(cString: answer.model_version),
      users: answer.users, tweets: answer.tweets, workers: answer.workers, eventsRecorded: answer.events_recorded,
      connectionsAccepted: answer.connections_accepted, callsAnswered: answer.calls_answered,
      callsRefused: answer.calls_refused, callsInFlight: answer.limits?.pointee.calls_in_flight ?? 0,
      onlineUpdates: answer.online_updates, onlineUnmatched: answer.online_unmatched,
      connectionsOpen: answer.connections_open, connectionsRefused: answer.connections_refused,
      tokenFailures: answer.token_failures, callsCancelled: answer.calls_cancelled,
      live: Live(
        arms: answer.feedback_arms, tweets: answer.feedback_tweets, users: answer.feedback_users,
        remembered: answer.rankings_remembered, duplicates: answer.feedback_duplicates,
        unmatched: answer.feedback_unmatched, snapshotAt: answer.snapshot_at))
    guard let queue = answer.queue?.pointee else { return }
    description?.queue.calls = queue.calls
    description?.queue.workNanos = queue.work_nanos
    description?.queue.degradationLevel = queue.degradation_level
    description?.queue.expired = queue.expired
    description?.queue.cancelled = queue.cancelled
    description?.queue.shedCritical = queue.shed_critical
    description?.queue.shedOrdinary = queue.shed_default
    description?.queue.shedSheddable = queue.shed_sheddable
    description?.queue.degraded = queue.degraded
    description?.queue.yields = queue.yields
  }

  private static func column<T>(_ start: UnsafeMutablePointer<T>?, _ count: Int) -> [T] {
    Array(UnsafeBufferPointer(start: start, count: count))
  }

  /// What the bandit added to a tweet's score, in a ranking with its explanation.
  func banditTerm(of tweet: UInt64) throws -> Float {
    guard let row = tweets.firstIndex(of: tweet), row < contributions.count, let term = contributions[row].last else {
      throw TestFailure("no explanation of tweet \(tweet) in \(self)")
    }
    return term
  }
}
