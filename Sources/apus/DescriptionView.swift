import ApusClient
import Foundation

/// What a server says of itself, as `describe` shows it: a table for people, numbers for programs.
struct DescriptionView: Encodable {
  /// A signal and its weight in the blend.
  struct Weight: Encodable {
    let signal: String
    let weight: Float
  }
  /// The server's limits on one connection.
  struct Limits: Encodable {
    let frameBytes: UInt32
    let candidatesPerCall: UInt32
    let textBytes: UInt32
    let callsInFlight: UInt32
    let defaultBudgetMillis: UInt32
    let connections: UInt32
    let connectionsPerAddress: UInt32
  }

  /// The log shared with other replicas.
  struct SharedLog: Encodable {
    let place: String
    let isConnected: Bool
    let shippedSequence: UInt64
    let lag: UInt64
    let followed: UInt64
    let skipped: UInt64
    let reshipped: UInt64
    let missing: UInt64
    let lastError: String
  }

  /// Models that were to replace the one before.
  struct Reloads: Encodable {
    /// Unix seconds.
    let modelLoadedAt: Int64
    let done: UInt64
    let refused: UInt64
    let lastError: String
    let isInProgress: Bool
    let previousModel: String
  }

  let serverVersion: String
  let modelVersion: String
  let recipe: String
  let modelAsOf: String
  let users: UInt64
  let tweets: UInt64
  let terms: UInt64
  let factors: UInt32
  let blend: [Weight]
  let policyVersion: String
  let epsilon: Double
  let eventsRecorded: UInt64
  let uptimeSeconds: UInt64
  let workers: UInt32
  let connectionsAccepted: UInt64
  let callsAnswered: UInt64
  let callsRefused: UInt64
  let onlineUpdates: UInt64
  let onlineUnmatched: UInt64
  let feedbackArms: UInt64
  let feedbackTweets: UInt64
  let feedbackUsers: UInt64
  let rankingsRemembered: UInt64
  let feedbackDuplicates: UInt64
  let feedbackUnmatched: UInt64
  /// Unix seconds; 0: there is no snapshot.
  let snapshotAt: Int64
  let connectionsOpen: UInt64
  let connectionsRefused: UInt64
  let tokenFailures: UInt64
  let callsCancelled: UInt64
  let memoryCeiling: UInt64
  let queue: QueueView
  let limits: Limits
  let sharedLog: SharedLog?
  let reloads: Reloads
  let isDraining: Bool
  /// What is known of the server's last run where it did not end in order; empty: it did.
  let lastRun: String

  init(_ it: apus_description) {
    func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
    sharedLog = SharedLog(it.shared_log)
    reloads = Reloads(
      modelLoadedAt: it.reloads.model_loaded_at, done: it.reloads.done, refused: it.reloads.refused,
      lastError: text(it.reloads.last_error), isInProgress: it.reloads.in_progress,
      previousModel: text(it.reloads.previous_model))
    isDraining = it.draining
    lastRun = text(it.last_run)
    serverVersion = text(it.server_version)
    modelVersion = text(it.model_version)
    recipe = text(it.recipe)
    modelAsOf = Self.date(it.model_as_of)
    users = it.users
    tweets = it.tweets
    terms = it.terms
    factors = it.factors
    blend = (0..<it.signal_count).map { Weight(signal: text(it.signals[$0]), weight: it.weights[$0]) }
    policyVersion = text(it.policy_version)
    epsilon = it.epsilon
    eventsRecorded = it.events_recorded
    uptimeSeconds = it.uptime_seconds
    workers = it.workers
    connectionsAccepted = it.connections_accepted
    callsAnswered = it.calls_answered
    callsRefused = it.calls_refused
    onlineUpdates = it.online_updates
    onlineUnmatched = it.online_unmatched
    feedbackArms = it.feedback_arms
    feedbackTweets = it.feedback_tweets
    feedbackUsers = it.feedback_users
    rankingsRemembered = it.rankings_remembered
    feedbackDuplicates = it.feedback_duplicates
    feedbackUnmatched = it.feedback_unmatched
    snapshotAt = it.snapshot_at
    connectionsOpen = it.connections_open
    connectionsRefused = it.connections_refused
    tokenFailures = it.token_failures
    callsCancelled = it.calls_cancelled
    memoryCeiling = it.memory_ceiling
    queue = QueueView(it.queue)
    limits = Limits(
      frameBytes: it.limits.frame_bytes, candidatesPerCall: it.limits.candidates_per_call,
      textBytes: it.limits.text_bytes, callsInFlight: it.limits.calls_in_flight,
      defaultBudgetMillis: it.limits.default_budget_ms, connections: it.limits.connections,
      connectionsPerAddress: it.limits.connections_per_address)
  }

  fileprivate static func date(_ seconds: Int64) -> String {
    ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
  }

  func table() -> String {
    let weights = blend.map { "\($0.signal) \($0.weight)" }.joined(separator: ", ")
    var table = TextTable([("what", .left), ("value", .left)])
    for (name, value) in [
      ("server version", serverVersion), ("model version", modelVersion), ("recipe", recipe),
      ("model as of", modelAsOf), ("users", "\(users)"), ("tweets", "\(tweets)"), ("terms", "\(terms)"),
      ("factors", "\(factors)"), ("blend weights", weights), ("bandit policy", policyVersion),
      ("events recorded", "\(eventsRecorded)"), ("uptime", "\(uptimeSeconds) s"), ("workers", "\(workers)"),
      ("connections accepted", "\(connectionsAccepted)"), ("calls answered", "\(callsAnswered)"),
      ("calls refused", "\(callsRefused)"), ("learned from feedback", "\(onlineUpdates) steps"),
      ("feedback on nothing remembered", "\(onlineUnmatched) events"), ("tweets with trials", "\(feedbackArms)"),
      ("tweets engaged with lately", "\(feedbackTweets)"), ("users active lately", "\(feedbackUsers)"),
      ("rankings remembered", "\(rankingsRemembered)"), ("duplicate events", "\(feedbackDuplicates)"),
      ("events that teach nothing", "\(feedbackUnmatched)"),
      ("feedback snapshot", snapshotAt == 0 ? "none yet" : Self.date(snapshotAt)),
      ("connections open", "\(connectionsOpen) of \(limits.connections), \(limits.connectionsPerAddress) a client"),
      ("connections turned away", "\(connectionsRefused), wrong tokens \(tokenFailures)"),
      ("calls cancelled", "\(callsCancelled)"), ("memory bound", "\(memoryCeiling >> 20) MiB"),
      ("frame limit", "\(limits.frameBytes) bytes"),
      ("candidates per call", "\(limits.candidatesPerCall)"), ("text limit", "\(limits.textBytes) bytes"),
      ("calls in flight per connection", "\(limits.callsInFlight)"),
      ("default budget", "\(limits.defaultBudgetMillis) ms"),
    ] {
      table.add([name, value])
    }
    for (name, value) in reloads.rows + (isDraining ? [("going down", "yes")] : []) { table.add([name, value]) }
    if !lastRun.isEmpty { table.add(["last run, not ended in order", lastRun]) }
    for (name, value) in queue.rows + (sharedLog?.rows ?? []) { table.add([name, value]) }
    return table.render()
  }
}

extension DescriptionView.Reloads {
  fileprivate var rows: [(name: String, value: String)] {
    let previous = previousModel.isEmpty ? "none" : previousModel
    return [
      ("model loaded", DescriptionView.date(modelLoadedAt)), ("model before", previous),
      ("reloads", "\(done), \(refused) refused\(isInProgress ? ", one in progress" : "")"),
    ] + (lastError.isEmpty ? [] : [("last reload", lastError)])
  }
}

extension DescriptionView.SharedLog {
  /// nil: the server shares none.
  fileprivate init?(_ log: apus_shared_log) {
    guard log.place != nil else { return nil }
    func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
    place = text(log.place)
    isConnected = log.connected
    shippedSequence = log.shipped_sequence
    lag = log.lag
    followed = log.followed
    skipped = log.skipped
    reshipped = log.reshipped
    missing = log.missing
    lastError = text(log.last_error)
  }

  fileprivate var rows: [(name: String, value: String)] {
    let answers = isConnected ? "connected" : "not connected"
    return [
      ("shared log", "\(place), \(answers)\(lastError.isEmpty ? "" : ": \(lastError)")"),
      ("shipped to it", "up to \(shippedSequence), \(lag) to go, \(reshipped) again, \(missing) lost"),
      ("followed from it", "\(followed) entries, \(skipped) not usable"),
    ]
  }
}
