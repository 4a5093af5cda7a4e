import CProtobufC
import Ranking
import RankingProto
import Testing

@testable import Wire

@Suite("The other results")
struct ReplyBodiesTests {
  let context = RankContext(modelVersion: "m1", policyVersion: "p1", signalNames: ["a", "bandit"])

  /// Encodes, unpacks with protobuf-c's own allocator, and hands the reply over.
  func roundTrip(_ body: ReplyBody, _ check: (Apus__V1__Reply) throws -> Void) throws {
    var encoder = ReplyEncoder(limits: Limits())
    var out = ByteBuffer()
    // Twice through one encoder: nothing of the first reply may show in the second.
    try encoder.encode(ReplyHeader(id: 1), .description(ServerDescription()), appendingTo: &out)
    out.removeAll()
    try encoder.encode(ReplyHeader(id: 8), body, appendingTo: &out)
    let bytes = out.withBytes { Array($0.dropFirst(4)) }
    let reply = try #require(apus__v1__reply__unpack(nil, bytes.count, bytes))
    defer { apus__v1__reply__free_unpacked(reply, nil) }
    #expect(reply.pointee.id == 8 && reply.pointee.status != nil)
    try check(reply.pointee)
  }

  func withColumns(
    _ body: (
      UnsafeBufferPointer<UInt64>, UnsafeBufferPointer<Float>, UnsafeBufferPointer<Double>,
      UnsafeBufferPointer<UnsafeRawBufferPointer>, UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) throws -> Void
  ) rethrows {
    let (ids, floats, doubles): ([UInt64], [Float], [Double]) = ([5, .max], [0.5, -1], [0.25, 1e300])
    let text = Array("abc".utf8)
    try text.withUnsafeBytes { text in
      let views = [UnsafeRawBufferPointer(text), UnsafeRawBufferPointer(start: nil, count: 0)]
      try ids.withUnsafeBufferPointer { ids in
        try floats.withUnsafeBufferPointer { floats in
          try doubles.withUnsafeBufferPointer { doubles in
            try views.withUnsafeBufferPointer { views in
              try Array(views.reversed()).withUnsafeBufferPointer { try body(ids, floats, doubles, views, $0) }
            }
          }
        }
      }
    }
  }

  func texts(_ table: UnsafeMutablePointer<ProtobufCBinaryData>?, _ count: Int) -> [String] {
    UnsafeBufferPointer(start: table, count: count).map {
      String(decoding: UnsafeBufferPointer(start: $0.data, count: $0.len), as: UTF8.self)
    }
  }

  func text(_ string: UnsafeMutablePointer<CChar>?) -> String { string.map { String(cString: $0) } ?? "" }

  @Test("lists of tweets come back as they were")
  func listsRoundTrip() throws {
    try withColumns { ids, floats, doubles, views, names in
      let similar = SimilarAnswer(tweetIDs: ids, similarities: floats, texts: views, names: names, context: context)
      try roundTrip(.similar(similar)) { reply in
        #expect(reply.result_case == APUS__V1__REPLY__RESULT_SIMILAR_TWEETS)
        let sent = try #require(reply.similar_tweets).pointee
        #expect(Array(UnsafeBufferPointer(start: sent.tweet_ids, count: sent.n_tweet_ids)) == Array(ids))
        #expect(Array(UnsafeBufferPointer(start: sent.similarities, count: sent.n_similarities)) == Array(floats))
        #expect(texts(sent.texts, sent.n_texts) == ["abc", ""] && String(cString: sent.model_version) == "m1")
        #expect(texts(sent.names, sent.n_names) == ["", "abc"])
      }
      try roundTrip(.top(TopAnswer(tweetIDs: ids, values: doubles, names: names, context: context))) { reply in
        #expect(reply.result_case == APUS__V1__REPLY__RESULT_TOP_TWEETS)
        let sent = try #require(reply.top_tweets).pointee
        #expect(Array(UnsafeBufferPointer(start: sent.tweet_ids, count: sent.n_tweet_ids)) == Array(ids))
        #expect(Array(UnsafeBufferPointer(start: sent.values, count: sent.n_values)) == Array(doubles))
        #expect(sent.n_texts == 0 && String(cString: sent.model_version) == "m1")
        #expect(texts(sent.names, sent.n_names) == ["", "abc"])
      }
      let ranked = RankedTweets(
        requestID: 77, tweetIDs: ids, scores: floats, propensities: floats, familiarity: .init(start: nil, count: 0),
        explainedSignals: 0, contributions: .init(start: nil, count: 0), values: .init(start: nil, count: 0),
        texts: views, userIsKnown: true, exploredPosition: 2, duplicatesRemoved: 0, valuesReplaced: 0)
      let recommend = RecommendAnswer(
        ranked: ranked, names: names, computeReason: .timeout, candidates: 40, madeAtSeconds: 0)
      try roundTrip(.recommended(recommend, context, Degradation(level: 1, skippedSignals: 1))) { reply in
        #expect(reply.result_case == APUS__V1__REPLY__RESULT_RECOMMEND)
        let sent = try #require(reply.recommend).pointee
        #expect(Array(UnsafeBufferPointer(start: sent.tweet_ids, count: sent.n_tweet_ids)) == Array(ids))
        #expect(Array(UnsafeBufferPointer(start: sent.scores, count: sent.n_scores)) == Array(floats))
        #expect(texts(sent.texts, sent.n_texts) == ["abc", ""] && String(cString: sent.source) == "computed")
        #expect(Array(UnsafeBufferPointer(start: sent.propensities, count: sent.n_propensities)) == Array(floats))
        #expect(sent.request_id == 77 && sent.explored_position == 2 && sent.user_known == 1)
        #expect(sent.compute_reason.rawValue == ComputeReason.timeout.rawValue && sent.candidates == 40)
        #expect(sent.made_at == 0 && String(cString: sent.policy_version) == context.policyVersion)
        #expect(String(cString: sent.model_version) == "m1" && sent.degradation.pointee.level == 1)
        #expect(texts(sent.names, sent.n_names) == ["", "abc"])
      }
    }
  }

  @Test("acknowledgements and notices come back as they were")
  func smallResultsRoundTrip() throws {
    try roundTrip(.recorded(count: 5, duplicates: 3, unmatched: 2, lastSequence: 1 << 40)) { reply in
      #expect(reply.result_case == APUS__V1__REPLY__RESULT_RECORD_EVENTS)
      let sent = try #require(reply.record_events).pointee
      #expect(sent.recorded == 5 && sent.last_sequence == 1 << 40)
      #expect(sent.duplicates == 3 && sent.unmatched == 2)
    }
    var weights = RewardWeights()
    try weights.set(.hide, to: -9.5)
    weights.setAtSeconds = 1 << 40
    try roundTrip(.rewards(weights)) { reply in
      #expect(reply.result_case == APUS__V1__REPLY__RESULT_SET_REWARDS)
      let sent = try #require(reply.set_rewards).pointee
      #expect(UnsafeBufferPointer(start: sent.types, count: sent.n_types).map(\.rawValue) == Array(1...8))
      #expect(
        Array(UnsafeBufferPointer(start: sent.weights, count: sent.n_weights))
          == [0, 0.2, 0.4, 0.6, 0.8, 1, -9.5, -1])
      #expect(sent.set_at == 1 << 40)
    }
    try roundTrip(.reloaded(modelVersion: "new", previousVersion: "old")) { reply in
      #expect(reply.result_case == APUS__V1__REPLY__RESULT_RELOAD_MODEL)
      let sent = try #require(reply.reload_model).pointee
      #expect(text(sent.model_version) == "new" && text(sent.previous_version) == "old")
    }
    try roundTrip(.goAway(lastCallID: .max)) { reply in
      #expect(reply.result_case == APUS__V1__REPLY__RESULT_GO_AWAY && reply.go_away.pointee.last_call_id == .max)
    }
  }

  @Test("a description comes back as it was, with the limits that clients run into")
  func descriptionsRoundTrip() throws {
    var server = ServerDescription()
    (server.serverVersion, server.modelVersion, server.recipe) = ("0.1", "m", "ranker")
    (server.modelAsOfSeconds, server.users, server.tweets, server.terms) = (-5, 1, 2, 3)
    (server.factors, server.signals, server.weights) = (64, ["svd", "text"], [0.5, -0.25])
    (server.policyVersion, server.epsilon, server.eventsRecorded) = ("p", 0.05, 4)
    (server.uptimeSeconds, server.workers, server.connectionsAccepted) = (6, 7, 8)
    (server.callsAnswered, server.callsRefused) = (9, 10)
    (server.onlineUpdates, server.onlineUnmatched) = (11, 12)
    (server.feedbackArms, server.feedbackTweets, server.feedbackUsers) = (13, 14, 15)
    (server.rankingsRemembered, server.feedbackDuplicates, server.feedbackUnmatched) = (16, 17, 18)
    server.snapshotAtSeconds = 19
    (server.reloads.modelLoadedAtSeconds, server.reloads.done, server.reloads.refused) = (20, 21, 22)
    (server.reloads.lastError, server.reloads.isInProgress, server.reloads.previousVersion) = ("bad", true, "l")
    server.isDraining = true
    (server.queue.calls, server.queue.workNanos, server.queue.degradationLevel) = (20, 21, 2)
    (server.queue.expired, server.queue.cancelled, server.queue.degraded, server.queue.yields) = (22, 23, 24, 25)
    (server.queue.shedCritical, server.queue.shedOrdinary, server.queue.shedSheddable) = (26, 27, 28)
    server.limits.callsInFlight = 3
    var shared = SharedLogDescription()
    (shared.place, shared.isConnected, shared.shippedSequence, shared.lag) = ("redis://r", true, 13, 14)
    (shared.followedEntries, shared.skippedEntries, shared.reshippedEntries) = (15, 16, 17)
    (shared.missingEntries, shared.lastError) = (18, "busy")
    server.sharedLog = shared
    server.measurements = measured
    try roundTrip(.description(server)) { reply in
      #expect(reply.result_case == APUS__V1__REPLY__RESULT_DESCRIBE)
      let sent = try #require(reply.describe).pointee
      #expect(text(sent.server_version) == "0.1" && text(sent.model_version) == "m" && text(sent.recipe) == "ranker")
      #expect(sent.model_as_of == -5 && sent.users == 1 && sent.tweets == 2 && sent.terms == 3 && sent.factors == 64)
      let signals = UnsafeBufferPointer(start: sent.signals, count: sent.n_signals)
      #expect(signals.map { text($0) } == ["svd", "text"])
      #expect(Array(UnsafeBufferPointer(start: sent.weights, count: sent.n_weights)) == [0.5, -0.25])
      #expect(text(sent.policy_version) == "p" && sent.epsilon == 0.05 && sent.events_recorded == 4)
      #expect(sent.uptime_seconds == 6 && sent.workers == 7 && sent.connections_accepted == 8)
      #expect(sent.calls_answered == 9 && sent.calls_refused == 10)
      #expect(sent.online_updates == 11 && sent.online_unmatched == 12)
      let log = try #require(sent.shared_log).pointee
      #expect(text(log.place) == "redis://r" && log.connected == 1 && log.shipped_sequence == 13 && log.lag == 14)
      #expect(log.followed == 15 && log.skipped == 16 && log.reshipped == 17 && log.missing == 18)
      #expect(text(log.last_error) == "busy")
      #expect(sent.feedback_arms == 13 && sent.feedback_tweets == 14 && sent.feedback_users == 15)
      #expect(sent.rankings_remembered == 16 && sent.feedback_duplicates == 17 && sent.feedback_unmatched == 18)
      #expect(sent.snapshot_at == 19)
      let reloads = try #require(sent.reloads).pointee
      #expect(reloads.model_loaded_at == 20 && reloads.done == 21 && reloads.refused == 22)
      #expect(text(reloads.last_error) == "bad" && reloads.in_progress == 1 && text(reloads.previous_model) == "l")
      #expect(sent.draining == 1)
      let queue = try #require(sent.queue).pointee
      #expect(queue.calls == 20 && queue.work_nanos == 21 && queue.degradation_level == 2)
      #expect(queue.expired == 22 && queue.cancelled == 23 && queue.degraded == 24 && queue.yields == 25)
      #expect(queue.shed_critical == 26 && queue.shed_default == 27 && queue.shed_sheddable == 28)
      expectMeasured(sent)
      let limits = try #require(sent.limits).pointee
      #expect(limits.frame_bytes == 1 << 20 && limits.candidates_per_call == 5_000 && limits.text_bytes == 4_096)
      #expect(limits.calls_in_flight == 3 && limits.default_budget_ms == 200)
    }
  }

  private var measured: Measurements {
    var it = Measurements()
    var phase = PhaseDescription(name: "score")
    (phase.sumNanos, phase.longestNanos, phase.buckets, phase.counts) = (30, 31, [3, 895], [32, .max])
    it.phases = [PhaseDescription(name: "queue"), phase]
    (it.callsInFlight, it.residentBytes, it.memoryLimitBytes) = (34, 35, 36)
    (it.memoryPressure, it.loopStalls, it.droppedLogLines, it.uptimeMillis) = (2, 37, 38, 39)
    it.lastRun = "crashed"
    return it
  }

  private func expectMeasured(_ sent: Apus__V1__DescribeResponse) {
    let phases = UnsafeBufferPointer(start: sent.phases, count: sent.n_phases).compactMap { $0?.pointee }
    #expect(phases.map { text($0.name) } == ["queue", "score"] && phases[0].n_buckets == 0)
    #expect(phases[1].sum_nanos == 30 && phases[1].max_nanos == 31)
    #expect(Array(UnsafeBufferPointer(start: phases[1].buckets, count: phases[1].n_buckets)) == [3, 895])
    #expect(Array(UnsafeBufferPointer(start: phases[1].counts, count: phases[1].n_counts)) == [32, .max])
    #expect(sent.calls_in_flight == 34 && sent.resident_bytes == 35)
    #expect(sent.memory_limit_bytes == 36 && sent.memory_pressure == 2 && sent.loop_stalls == 37)
    #expect(sent.log_lines_dropped == 38 && sent.uptime_ms == 39 && text(sent.last_run) == "crashed")
  }

  @Test("frames append to what the buffer holds, and an emptied buffer keeps its memory")
  func buffersAppend() throws {
    var encoder = ReplyEncoder(limits: Limits())
    var out = ByteBuffer()
    for id in 1...50 { try encoder.encode(ReplyHeader(id: UInt64(id)), .none, appendingTo: &out) }
    let (count, capacity) = (out.count, out.capacity)
    #expect(count == 50 * (4 + 2 + 4))
    out.removeAll()
    let (emptied, kept) = (out.count, out.capacity)
    #expect(emptied == 0 && kept == capacity)
    for id in 1...50 { try encoder.encode(ReplyHeader(id: UInt64(id)), .none, appendingTo: &out) }
    let (again, still) = (out.count, out.capacity)
    #expect(again == count && still == capacity)
    out.removeAll(keepingCapacity: false)
    let released = out.capacity
    #expect(released == 0)
    [UInt8](1...3).withUnsafeBytes { out.append($0) }
    let held = out.withBytes { Array($0) }
    #expect(held == [1, 2, 3])
  }
}
