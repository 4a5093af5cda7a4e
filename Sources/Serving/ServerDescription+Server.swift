import Feedback
import Ranking
import Wire

/// Describe's answer, put together from the parts that know.
extension ServerDescription {
  init(
    options: ServerOptions, served: ServedModel, reloader: Reloader, feedback: FeedbackService,
    sharing: (any FeedbackSharing)?, metrics: [Metrics], connections: ConnectionLedger.Counters,
    ceiling: MemoryCeiling, watch: Watch, lastRun: String, uptimeNanos: UInt64
  ) {
    self.init()
    let model = served.model
    let totals = Metrics.totals(metrics)
    serverVersion = options.serverVersion
    modelVersion = model.version
    recipe = model.metadata(ModelSchema.Metadata.recipe) ?? ""
    modelAsOfSeconds = model.metadata(ModelSchema.Metadata.asOf).flatMap { Int64($0) } ?? 0
    users = UInt64(model.users.count)
    tweets = UInt64(model.tweets.count)
    terms = UInt64(model.vocabulary.count)
    factors = UInt32(clamping: model.users.factorCount)
    signals = model.signals.map(\.name)
    weights = model.weights
    policyVersion = served.context.policyVersion
    epsilon = options.policy.epsilon
    eventsRecorded = feedback.eventsRecorded
    uptimeSeconds = uptimeNanos / 1_000_000_000
    workers = UInt32(clamping: options.workers)
    limits = options.limits
    connectionsAccepted = totals.accepted
    callsAnswered = totals.answered
    callsRefused = totals.refused
    connectionsOpen = UInt64(max(0, connections.open))
    connectionsRefused = connections.refused
    tokenFailures = connections.tokenFailures
    callsCancelled = connections.callsCancelled
    memoryCeilingBytes = UInt64(ceiling.bytes)
    onlineUpdates = feedback.learner?.updates ?? 0
    onlineUnmatched = feedback.learner?.unmatched ?? 0
    let counters = feedback.counters
    feedbackArms = UInt64(counters.arms)
    feedbackTweets = UInt64(counters.tweets)
    feedbackUsers = UInt64(counters.users)
    rankingsRemembered = UInt64(counters.served)
    feedbackDuplicates = counters.duplicates
    feedbackUnmatched = counters.unmatched
    snapshotAtSeconds = counters.snapshotAtSeconds
    reloads = reloader.status
    isDraining = reloader.isClosing
    queue = QueueMetrics.sum(metrics.map(\.queue))
    sharedLog = sharing.map { SharedLogDescription($0) }
    measurements = Measurements(metrics, totals: totals, watch: watch)
    measurements.lastRun = lastRun
    measurements.uptimeMillis = uptimeNanos / 1_000_000
  }
}

extension Measurements {
  init(_ metrics: [Metrics], totals: Metrics.Totals, watch: Watch) {
    self.init()
    phases = PhaseHistograms.merged(metrics.map(\.phases))
    callsInFlight = UInt64(max(0, totals.inFlight))
    residentBytes = watch.memory.residentBytes
    memoryLimitBytes = watch.memory.limitBytes
    memoryPressure = UInt32(watch.memory.pressure.rawValue)
    loopStalls = watch.stallCount
    droppedLogLines = watch.droppedLogLines
  }
}

extension SharedLogDescription {
  init(_ sharing: any FeedbackSharing) {
    let status = sharing.status
    self.init()
    place = sharing.place
    isConnected = status.isConnected
    shippedSequence = status.shippedSequence
    lag = status.lag
    followedEntries = status.followedEntries
    skippedEntries = status.skippedEntries
    reshippedEntries = status.reshippedEntries
    missingEntries = status.missingEntries
    lastError = status.lastError
  }
}
