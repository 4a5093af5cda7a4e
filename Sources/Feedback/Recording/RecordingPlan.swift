import Ranking

/// The entries of one append, decided before anything is changed: if the append fails, nothing has happened.
struct RecordingPlan {
  /// In order.
  private(set) var entries: [LogEntry] = []
  /// Events among them that count.
  private(set) var counted: [FeedbackEvent] = []
  /// Rankings among them, by request id.
  private(set) var rankings: [UInt64: LoggedRanking] = [:]
  /// What events are worth after these entries; nil: they do not say.
  private var rewards: RewardWeights?
  /// Keys of the events; whether it counts.
  private var keys: [UInt64: Bool] = [:]

  /// Forgets the last append, and keeps the memory.
  mutating func begin() {
    entries.removeAll(keepingCapacity: true)
    counted.removeAll(keepingCapacity: true)
    rankings.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    rewards = nil
  }

  /// Adds events, each once, and rankings that they name and that the log does not have yet, each right before the first.
  mutating func add(_ new: [FeedbackEvent], state: FoldedState, served: ServedRankings) -> RecordedEvents {
    var outcome = RecordedEvents()
    for event in new {
      let judgement = judge(event, state: state, served: served)
      if judgement == .duplicate {
        outcome.duplicates += 1
        continue
      }
      if let key = event.key { keys[key] = judgement == .counts }
      entries.append(.event(event, isUnmatched: judgement != .counts))
      outcome.recorded += 1
      if judgement == .counts { counted.append(event) } else { outcome.unmatched += 1 }
    }
    return outcome
  }

  private mutating func judge(
    _ event: FeedbackEvent, state: FoldedState, served: ServedRankings
  ) -> FoldedState.Judgement {
    let known = event.key.flatMap { keys[$0] }
    if known == true { return .duplicate }
    var judgement = state.judge(event)
    if judgement == .unknownRanking, let ranking = ranking(event.requestID, served) {
      judgement = state.judge(event, by: ranking)
    }
    return known == false && judgement != .counts ? .duplicate : judgement
  }

  /// Adds what all events are worth when that of some has changed: whole, so that the last entry says it all.
  mutating func add(_ change: RewardChange, atSeconds seconds: Int64, state: FoldedState) {
    var new = rewards ?? state.weights
    new.apply(change, atSeconds: seconds)
    rewards = new
    entries.append(.rewards(new))
  }

  /// Another node's event names a ranking: if it is one of ours that the log does not have yet, adds it.
  mutating func addRanking(namedBy entry: LogEntry, state: FoldedState, served: ServedRankings) {
    guard case .event(let event, _) = entry, event.requestID != 0 else { return }
    if !state.knows(ranking: event.requestID) { _ = ranking(event.requestID, served) }
  }

  /// A ranking of ours that is in this append, now if not before.
  private mutating func ranking(_ requestID: UInt64, _ served: ServedRankings) -> LoggedRanking? {
    if let known = rankings[requestID] { return known }
    guard let ranking = served.find(requestID) else { return nil }
    rankings[requestID] = ranking
    entries.append(.ranking(ranking))
    return ranking
  }
}
