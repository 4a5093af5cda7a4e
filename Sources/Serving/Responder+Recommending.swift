import EventLoop
import Ranking
import Wire

/// Recommend: a ranking whose candidates are a list from the store or, failing that, found here.
extension Responder {
  /// Asks the store first, where there is one: then the call comes back with what was fetched.
  mutating func recommend(
    _ query: RecommendQuery, _ effort: RankEffort, _ reply: Reply, _ pending: PendingCall, _ worker: Worker
  ) -> Outcome {
    if let lookups = worker.lookups, pending.fetched == nil {
      let millis = min(memory.limits.storeMillis, max(1, reply.budgetMillis / 10))
      let due = min(Loop.monotonicNanos() + UInt64(millis) * 1_000_000, reply.deadline.endNanos)
      lookups.look(up: query.userID, modelHash: memory.modelHash, for: pending, dueNanos: due)
      return .parked
    }
    let time = memory.currentTime()
    var (list, reason) = pending.fetched?.list(ofModel: memory.modelHash) ?? (nil, .noStore)
    guard let candidates = candidates(for: query, time: time, list, &reason, reply.deadline) else {
      return expired(reply)
    }
    var ranking = RankQuery(
      userID: query.userID, tweetIDs: candidates, limit: query.limit, includesText: query.includesText)
    ranking.time = time
    ranking.effort = effort
    let madeAt = reason == .none ? pending.fetched?.list?.madeAtSeconds ?? 0 : 0
    if pending.ticket.isLarge { ranking.tweetIDs = memory.large.keep(candidates) }
    return rank(ranking, .recommend(query, reason: reason, madeAtSeconds: madeAt), reply, pending, worker)
  }

  /// Encodes what was ranked, with what tells where its candidates came from.
  mutating func encodeRecommended(
    _ ranked: RankedTweets, _ query: RecommendQuery, _ reason: ComputeReason, candidates: Int, madeAt: Int64,
    _ left: Degradation, _ reply: Reply
  ) -> Outcome {
    memory.list(query.includesNames ? ranked.tweetIDs.map(memory.model.tweets.row) : [], texts: false, names: true)
    return memory.withListed { _, _, names in
      let answer = RecommendAnswer(
        ranked: ranked, names: names, computeReason: reason, candidates: candidates, madeAtSeconds: madeAt)
      return encode(.recommended(answer, memory.context, left), reply)
    }
  }

  /// What is to be ranked: what may be shown of the list, where that is enough, else the list and what is found here.
  /// Nil when the budget ended on the way.
  private func candidates(
    for query: RecommendQuery, time: Int64, _ list: StoredRecommendations?, _ reason: inout ComputeReason,
    _ deadline: Deadline
  ) -> UnsafeBufferPointer<UInt64>? {
    let limits = memory.limits
    let most = min(limits.candidatesPerCall, max(limits.recommendCandidates, query.limit))
    let live = memory.liveInterest(of: query.userID)
    if let list {
      let kept = memory.candidates.keep(list.tweetIDs, for: query.userID, time: time, limit: most, live: live)
      if kept.count >= query.limit { return kept }
      reason = .short
    }
    return memory.candidates.candidates(
      for: query.userID, time: time, limit: most, first: list?.tweetIDs ?? [], live: live
    ) { deadline.isOver }
  }
}
