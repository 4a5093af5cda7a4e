/// What Describe answers: the server, its model, its policy, its counters.
public struct ServerDescription: Equatable, Sendable {
  /// The program's version.
  public var serverVersion = ""
  /// The model's version.
  public var modelVersion = ""
  /// The recipe that trained it.
  public var recipe = ""
  /// Unix seconds of the newest row that it was trained on.
  public var modelAsOfSeconds: Int64 = 0
  /// Users in the model.
  public var users: UInt64 = 0
  /// Tweets in the model.
  public var tweets: UInt64 = 0
  /// Terms of its vocabulary.
  public var terms: UInt64 = 0
  /// Factors of its SVD.
  public var factors: UInt32 = 0
  /// The blend's signals, without the steps.
  public var signals: [String] = []
  /// The blend's weights, one a signal.
  public var weights: [Float] = []
  /// The bandit policy and its version.
  public var policyVersion = ""
  /// The probability of exploration.
  public var epsilon = 0.0
  /// Events in the feedback log.
  public var eventsRecorded: UInt64 = 0
  /// Since the server began to listen.
  public var uptimeSeconds: UInt64 = 0
  /// Worker threads.
  public var workers: UInt32 = 0
  /// The limits in force; the ones that a client can run into are sent.
  public var limits = Limits()
  /// Since the start, over all workers.
  public var connectionsAccepted: UInt64 = 0
  /// Calls answered OK since the start, over all workers.
  public var callsAnswered: UInt64 = 0
  /// Calls answered otherwise since the start, over all workers.
  public var callsRefused: UInt64 = 0
  /// Steps of learning from feedback, those of earlier runs included; 0 where it is off.
  public var onlineUpdates: UInt64 = 0
  /// Events that learning could not place, since the start.
  public var onlineUnmatched: UInt64 = 0
  /// The log shared with other replicas; nil: there is none.
  public var sharedLog: SharedLogDescription?
  /// Tweets with trials or rewards.
  public var feedbackArms: UInt64 = 0
  /// Tweets with recent engagements.
  public var feedbackTweets: UInt64 = 0
  /// Users whose last doings are known.
  public var feedbackUsers: UInt64 = 0
  /// Answers that feedback has not named yet, and may.
  public var rankingsRemembered: UInt64 = 0
  /// Events since the start that the log had already.
  public var feedbackDuplicates: UInt64 = 0
  /// Events since the start that were recorded and did not count then.
  public var feedbackUnmatched: UInt64 = 0
  /// Unix seconds of the last snapshot of what feedback has come to; 0: there is none.
  public var snapshotAtSeconds: Int64 = 0
  /// Connections that are open now.
  public var connectionsOpen: UInt64 = 0
  /// Connections since the start that were turned away because of a limit or a token.
  public var connectionsRefused: UInt64 = 0
  /// Tokens since the start that were missing or wrong.
  public var tokenFailures: UInt64 = 0
  /// Calls since the start that were not answered because their connection had ended.
  public var callsCancelled: UInt64 = 0
  /// What the limits and the model add up to, in bytes.
  public var memoryCeilingBytes: UInt64 = 0

  /// What replaced the model.
  public var reloads = ReloadsDescription()
  /// Whether the server is going down.
  public var isDraining = false
  /// The calls that wait, over all workers.
  public var queue = QueueDescription()
  /// What the server has measured of itself.
  public var measurements = Measurements()

  /// An empty description, to be filled in.
  public init() {}
}

/// What Describe says of models that were to replace the one before. Counters are since the start.
public struct ReloadsDescription: Equatable, Sendable {
  /// Unix seconds at which the model that is served was ready.
  public var modelLoadedAtSeconds: Int64 = 0
  /// Models that replaced another.
  public var done: UInt64 = 0
  /// Models that were refused.
  public var refused: UInt64 = 0
  /// Why the last reload failed; empty: it did not.
  public var lastError = ""
  /// Whether one runs now.
  public var isInProgress = false
  /// The model that a rollback would bring back; empty: none.
  public var previousVersion = ""

  /// Nothing was replaced.
  public init() {}
}

/// What Describe says of the log shared with other replicas. Counters are since the start.
public struct SharedLogDescription: Equatable, Sendable {
  /// Where it is, without secrets.
  public var place = ""
  /// Whether it answers.
  public var isConnected = false
  /// The last entry of this server's log that it is known to have.
  public var shippedSequence: UInt64 = 0
  /// Durable entries of this server's log that it is not known to have.
  public var lag: UInt64 = 0
  /// Entries of other servers that were handed over to be folded.
  public var followedEntries: UInt64 = 0
  /// Entries or batches of others that could not be used.
  public var skippedEntries: UInt64 = 0
  /// Entries that were shipped again, since it had lost them.
  public var reshippedEntries: UInt64 = 0
  /// Entries that it lacks and this server's log has no more.
  public var missingEntries: UInt64 = 0
  /// What went wrong last; empty: all is well.
  public var lastError = ""

  /// An empty description, to be filled in.
  public init() {}
}
