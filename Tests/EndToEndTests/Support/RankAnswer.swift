import RankingProto

/// The columns of a ranking.
struct RankAnswer: Equatable {
  var requestID: UInt64
  var tweets: [UInt64]
  var scores: [Float]
  var propensities: [Float]
  var familiarity: [UInt32]
  var signals: [String]
  var contributions: [Float]
  var values: [Float]
  var texts: [[UInt8]]
  var isUserKnown: Bool
  var exploredPosition: UInt32
  var duplicatesRemoved: UInt32
  var valuesReplaced: UInt32
  var modelVersion: String
  var degradationLevel: UInt32

  init(_ answer: Apus__V1__RankResponse) {
    requestID = answer.request_id
    tweets = ReplyMessage.copy(answer.tweet_ids, answer.n_tweet_ids)
    scores = ReplyMessage.copy(answer.scores, answer.n_scores)
    propensities = ReplyMessage.copy(answer.propensities, answer.n_propensities)
    familiarity = ReplyMessage.copy(answer.familiarity, answer.n_familiarity).map { UInt32($0.rawValue) }
    let explanation = answer.explanation?.pointee
    signals =
      explanation.map { part in
        ReplyMessage.copy(part.signals, part.n_signals).map { $0.map { String(cString: $0) } ?? "" }
      } ?? []
    contributions = explanation.map { ReplyMessage.copy($0.contributions, $0.n_contributions) } ?? []
    values = explanation.map { ReplyMessage.copy($0.values, $0.n_values) } ?? []
    texts = ReplyMessage.copy(answer.texts, answer.n_texts).map { ReplyMessage.copy($0.data, $0.len) }
    isUserKnown = answer.user_known != 0
    exploredPosition = answer.explored_position
    duplicatesRemoved = answer.duplicates_removed
    valuesReplaced = answer.values_replaced
    modelVersion = String(cString: answer.model_version)
    degradationLevel = answer.degradation?.pointee.level ?? 0
  }

  /// The answer without what two equal calls need not share.
  var withoutRequestID: RankAnswer {
    var copy = self
    copy.requestID = 0
    return copy
  }

  /// Each tweet's score.
  var scoreByTweet: [UInt64: Float] { Dictionary(zip(tweets, scores)) { first, _ in first } }
}

/// What Describe tells of a server.
struct DescribeAnswer {
  let users: UInt64
  let tweets: UInt64
  let eventsRecorded: UInt64
  let workers: UInt32
  let frameBytes: Int
  let candidatesPerCall: Int
  let textBytes: Int
  let callsInFlight: Int
  let callsAnswered: UInt64
  let callsRefused: UInt64
  let connectionsOpen: UInt64
  let connectionsRefused: UInt64
  let tokenFailures: UInt64
  /// Of the shared log: whether it answers, what is not shipped, what was followed, what went wrong.
  let isShared: Bool
  let sharedLag: UInt64
  let sharedFollowed: UInt64
  let sharedError: String
  let modelVersion: String
  let reloads: ReloadsAnswer
  let queue: QueueAnswer

  init(_ answer: Apus__V1__DescribeResponse) {
    users = answer.users
    tweets = answer.tweets
    eventsRecorded = answer.events_recorded
    workers = answer.workers
    let limits = answer.limits?.pointee
    frameBytes = Int(limits?.frame_bytes ?? 0)
    candidatesPerCall = Int(limits?.candidates_per_call ?? 0)
    textBytes = Int(limits?.text_bytes ?? 0)
    callsInFlight = Int(limits?.calls_in_flight ?? 0)
    callsAnswered = answer.calls_answered
    callsRefused = answer.calls_refused
    connectionsOpen = answer.connections_open
    connectionsRefused = answer.connections_refused
    tokenFailures = answer.token_failures
    queue = answer.queue.map { QueueAnswer($0.pointee) } ?? QueueAnswer()
    let log = answer.shared_log?.pointee
    isShared = log?.connected == 1
    sharedLag = log?.lag ?? 0
    sharedFollowed = log?.followed ?? 0
    modelVersion = String(cString: answer.model_version)
    reloads = ReloadsAnswer(answer.reloads.pointee)
    sharedError = log?.last_error.map { String(cString: $0) } ?? ""
  }
}

/// What Describe tells of reloading.
struct ReloadsAnswer: Equatable {
  let done: UInt64
  let refused: UInt64
  let lastError: String
  let isInProgress: Bool
  let previousModel: String

  init(_ answer: Apus__V1__Reloads) {
    (done, refused, isInProgress) = (answer.done, answer.refused, answer.in_progress != 0)
    lastError = String(cString: answer.last_error)
    previousModel = String(cString: answer.previous_model)
  }
}
