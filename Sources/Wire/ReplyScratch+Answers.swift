import Ranking
import RankingProto

/// The responses of the other methods, and the notice.
extension ReplyScratch {
  func similar(_ answer: SimilarAnswer) -> UnsafeMutablePointer<Apus__V1__SimilarTweetsResponse> {
    let response = similarResponse.reset()
    (response.pointee.n_tweet_ids, response.pointee.tweet_ids) = column(answer.tweetIDs)
    (response.pointee.n_similarities, response.pointee.similarities) = column(answer.similarities)
    (response.pointee.n_texts, response.pointee.texts) = textTable(answer.texts)
    (response.pointee.n_names, response.pointee.names) = nameTable(answer.names)
    response.pointee.model_version = answer.context.modelVersionText
    return response
  }

  func top(_ answer: TopAnswer) -> UnsafeMutablePointer<Apus__V1__TopTweetsResponse> {
    let response = topResponse.reset()
    (response.pointee.n_tweet_ids, response.pointee.tweet_ids) = column(answer.tweetIDs)
    (response.pointee.n_values, response.pointee.values) = column(answer.values)
    (response.pointee.n_texts, response.pointee.texts) = textTable(answer.texts)
    (response.pointee.n_names, response.pointee.names) = nameTable(answer.names)
    response.pointee.model_version = answer.context.modelVersionText
    return response
  }

  func recorded(
    _ count: UInt32, _ duplicates: UInt32, _ unmatched: UInt32, _ lastSequence: UInt64
  ) -> UnsafeMutablePointer<Apus__V1__RecordEventsResponse> {
    let response = recordResponse.reset()
    response.pointee.recorded = count
    response.pointee.duplicates = duplicates
    response.pointee.unmatched = unmatched
    response.pointee.last_sequence = lastSequence
    return response
  }

  func rewards(_ weights: RewardWeights) -> UnsafeMutablePointer<Apus__V1__SetRewardsResponse> {
    let response = rewardsResponse.reset()
    let types = EventType.allCases
    (response.pointee.n_types, response.pointee.types) = copy(
      types.map { Apus__V1__EventType(rawValue: .init($0.rawValue)) })
    (response.pointee.n_weights, response.pointee.weights) = copy(types.map { weights[$0] })
    response.pointee.set_at = weights.setAtSeconds
    return response
  }

  func reloaded(_ version: String, _ previous: String) -> UnsafeMutablePointer<Apus__V1__ReloadModelResponse> {
    let response = reloadResponse.reset()
    response.pointee.model_version = copy(version)
    response.pointee.previous_version = copy(previous)
    return response
  }

  func goAway(_ lastCallID: UInt64) -> UnsafeMutablePointer<Apus__V1__GoAway> {
    let response = notice.reset()
    response.pointee.last_call_id = lastCallID
    return response
  }

  func described(_ server: ServerDescription) -> UnsafeMutablePointer<Apus__V1__DescribeResponse> {
    let response = describeResponse.reset()
    response.pointee.server_version = copy(server.serverVersion)
    response.pointee.model_version = copy(server.modelVersion)
    response.pointee.recipe = copy(server.recipe)
    response.pointee.model_as_of = server.modelAsOfSeconds
    response.pointee.users = server.users
    response.pointee.tweets = server.tweets
    response.pointee.terms = server.terms
    response.pointee.factors = server.factors
    names.removeAll()
    for signal in server.signals { names.append(copy(signal)) }
    (response.pointee.n_signals, response.pointee.signals) = (names.count, names.base)
    (response.pointee.n_weights, response.pointee.weights) = copy(server.weights)
    response.pointee.policy_version = copy(server.policyVersion)
    response.pointee.epsilon = server.epsilon
    response.pointee.events_recorded = server.eventsRecorded
    response.pointee.uptime_seconds = server.uptimeSeconds
    response.pointee.workers = server.workers
    response.pointee.limits = described(server.limits)
    response.pointee.connections_accepted = server.connectionsAccepted
    response.pointee.calls_answered = server.callsAnswered
    response.pointee.calls_refused = server.callsRefused
    response.pointee.online_updates = server.onlineUpdates
    response.pointee.online_unmatched = server.onlineUnmatched
    if let sharedLog = server.sharedLog { response.pointee.shared_log = described(sharedLog) }
    response.pointee.feedback_arms = server.feedbackArms
    response.pointee.feedback_tweets = server.feedbackTweets
    response.pointee.feedback_users = server.feedbackUsers
    response.pointee.rankings_remembered = server.rankingsRemembered
    response.pointee.feedback_duplicates = server.feedbackDuplicates
    response.pointee.feedback_unmatched = server.feedbackUnmatched
    response.pointee.snapshot_at = server.snapshotAtSeconds
    response.pointee.connections_open = server.connectionsOpen
    response.pointee.connections_refused = server.connectionsRefused
    response.pointee.token_failures = server.tokenFailures
    response.pointee.calls_cancelled = server.callsCancelled
    response.pointee.memory_ceiling = server.memoryCeilingBytes
    response.pointee.reloads = described(server.reloads)
    response.pointee.draining = server.isDraining ? 1 : 0
    response.pointee.queue = described(server.queue)
    describe(server.measurements, in: response)
    return response
  }

  private func described(_ reloads: ReloadsDescription) -> UnsafeMutablePointer<Apus__V1__Reloads> {
    let message = reloadsMessage.reset()
    message.pointee.model_loaded_at = reloads.modelLoadedAtSeconds
    message.pointee.done = reloads.done
    message.pointee.refused = reloads.refused
    message.pointee.last_error = copy(reloads.lastError)
    message.pointee.in_progress = reloads.isInProgress ? 1 : 0
    message.pointee.previous_model = copy(reloads.previousVersion)
    return message
  }

  private func described(_ log: SharedLogDescription) -> UnsafeMutablePointer<Apus__V1__SharedLog> {
    let message = sharedLogMessage.reset()
    message.pointee.place = copy(log.place)
    message.pointee.connected = log.isConnected ? 1 : 0
    message.pointee.shipped_sequence = log.shippedSequence
    message.pointee.lag = log.lag
    message.pointee.followed = log.followedEntries
    message.pointee.skipped = log.skippedEntries
    message.pointee.reshipped = log.reshippedEntries
    message.pointee.missing = log.missingEntries
    message.pointee.last_error = copy(log.lastError)
    return message
  }

  private func described(_ queue: QueueDescription) -> UnsafeMutablePointer<Apus__V1__Queue> {
    let message = queueMessage.reset()
    message.pointee.calls = queue.calls
    message.pointee.work_nanos = queue.workNanos
    message.pointee.degradation_level = queue.degradationLevel
    message.pointee.expired = queue.expired
    message.pointee.cancelled = queue.cancelled
    message.pointee.shed_critical = queue.shedCritical
    message.pointee.shed_default = queue.shedOrdinary
    message.pointee.shed_sheddable = queue.shedSheddable
    message.pointee.degraded = queue.degraded
    message.pointee.yields = queue.yields
    return message
  }

  private func described(_ limits: Limits) -> UnsafeMutablePointer<Apus__V1__Limits> {
    let response = limitsMessage.reset()
    response.pointee.frame_bytes = UInt32(clamping: limits.frameBytes)
    response.pointee.candidates_per_call = UInt32(clamping: limits.candidatesPerCall)
    response.pointee.text_bytes = UInt32(clamping: limits.textBytes)
    response.pointee.calls_in_flight = UInt32(clamping: limits.callsInFlight)
    response.pointee.default_budget_ms = limits.defaultBudgetMillis
    response.pointee.connections = UInt32(clamping: limits.connections)
    response.pointee.connections_per_address = UInt32(clamping: limits.connectionsPerAddress)
    response.pointee.first_frame_ms = UInt32(clamping: limits.firstFrameMillis)
    response.pointee.whole_frame_ms = UInt32(clamping: limits.wholeFrameMillis)
    response.pointee.idle_ms = UInt32(clamping: limits.idleMillis)
    response.pointee.write_stall_ms = UInt32(clamping: limits.writeStallMillis)
    response.pointee.unauthenticated_frame_bytes = UInt32(clamping: limits.unauthenticatedFrameBytes)
    response.pointee.ping_ms = UInt32(clamping: limits.pingMillis)
    return response
  }
}
