import Feedback
import Ranking

extension FeedbackOptions {
  /// What a server's options mean for its feedback.
  init(_ options: ServerOptions, model: Model, identity: NodeIdentity) {
    self.init()
    seed = options.seed
    servedBytes = options.limits.servedRankingBytes
    workers = options.workers
    // A model that does not look at times was not trained "up to" one.
    modelAsOf = UInt32(clamping: model.moment?.asOf ?? 0)
    if case .linUCB(let term) = options.policy.rule { contextual = term }
    self.identity = identity
    isShared = options.sharing != nil
    retention = options.logRetention
    snapshotPath = options.stateFolder + "/snapshot"
  }
}
