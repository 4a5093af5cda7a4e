import Feedback
import Ranking

/// What feedback had told by some place of a log: the server's own fold, as far as the log has been followed.
struct LogPast {
  private let fold: OfflineFold
  private let modelAsOf: UInt32
  private let contextual: ContextualTerm?

  /// As `model` would look it up, and `policy` learn from it; events are worth `weights` until an entry says otherwise.
  init(model: Model, policy: BanditPolicy, weights: RewardWeights) {
    contextual = policy.contextual
    modelAsOf = UInt32(clamping: model.moment?.asOf ?? 0)
    fold = OfflineFold(modelAsOf: modelAsOf)
    fold.apply(.rewards(weights))
  }

  /// The next entry of the log.
  func add(_ entry: LogEntry) { fold.apply(entry) }

  /// What a server would have known of the candidates and the user of a call: arms, live counts, and what the user did.
  /// Returns what its policy would have learned, where it is a contextual one.
  func fill(_ scratch: RankScratch, userID: UInt64) -> ContextualScoring? {
    fold.publish()
    fold.arms.lookUp(
      scratch.candidateIDs, trials: scratch.armTrials, rewards: scratch.armRewards, expected: scratch.armExpected)
    fold.tweets.lookUp(scratch.candidateIDs, into: scratch.live)
    fold.users.lookUp(userID, since: modelAsOf, into: scratch.live)
    return contextual.map { ContextualScoring(fold.contextual, $0, rewards: fold.weights) }
  }
}
