import Feedback
import Ranking

extension FeedbackOptions {
  /// What a server's options mean for its feedback.
  init(_ options: ServerOptions, model: ServedModel, identity: NodeIdentity) {
    self.init()
    seed = options.seed
    servedBytes = options.limits.servedRankingBytes
    workers = options.workers
    modelAsOf = model.asOf
    contextual = options.policy.contextual
    self.identity = identity
    isShared = options.sharing != nil
    retention = options.logRetention
    snapshotPath = options.stateFolder + "/snapshot"
  }
}
