import Evaluation
import Feedback
import Ranking

/// Reads a log to an evaluation, entry by entry.
struct LogFollower {
  private let past: LogPast?
  private let rewards: RewardWeights
  /// What became of the entries.
  private(set) var join: ListJoin
  /// Events that the server could not match when they were recorded, and those that name no list.
  private(set) var unmatched = 0
  private(set) var withoutList = 0

  /// - Parameters:
  ///   - past: what learns of every entry; nil: the target does not look at feedback.
  ///   - rewards: what events are worth to the evaluation, whatever they were worth to the server.
  init(_ join: ListJoin, past: LogPast?, rewards: RewardWeights) {
    self.join = join
    self.past = past
    self.rewards = rewards
  }

  /// The next entry of the log.
  mutating func follow(_ entry: LogEntry) {
    var entry = entry
    // After the list is looked at: what comes with it is not the past.
    defer { past?.add(entry) }
    switch entry {
    case .ranking(var ranking):
      guard let features = join.show(ShownList(ranking)) else { break }
      ranking.features = features
      entry = .ranking(ranking)
    case .rewards: break
    case .event(_, isUnmatched: true): unmatched += 1
    case .event(let event, isUnmatched: false):
      guard event.requestID != 0 else {
        withoutList += 1
        return
      }
      let type = EventType(rawValue: event.type)
      join.record(
        requestID: event.requestID, tweetID: event.tweetID, isImpression: type == .impression,
        reward: type.map { rewards[$0] } ?? 0)
    }
  }
}

extension ShownList {
  init(_ ranking: LoggedRanking) {
    self.init(
      requestID: ranking.requestID, userID: ranking.userID, time: ranking.timestampSeconds,
      policyVersion: ranking.policyVersion, modelVersion: ranking.modelVersion,
      items: ranking.items.map { Item(tweetID: $0.tweetID, propensity: $0.propensity, score: $0.score) },
      candidates: ranking.candidates)
  }
}
