import Feedback
import Glibc
import Ranking
import Wire

/// A model with all that follows from it and the server's options: made when it is loaded, immutable, shared by all
/// workers. One request uses exactly one.
final class ServedModel: @unchecked Sendable {
  let model: Model
  /// Where candidates are looked for.
  let index: CandidateIndex
  let steps: RankSteps
  /// What every reply says alike.
  let context: RankContext
  /// Stands for the model in the store's keys and lists.
  let hash: UInt64
  /// Up to when the model was trained, in Unix seconds: what happened before, it knows; 0: it does not look at times.
  let asOf: UInt32
  /// Learns a correction of this model's blend; nil where learning is off.
  let learner: OnlineLearner?
  /// Unix seconds at which it was ready to serve.
  let loadedAtSeconds: Int64

  /// Makes what follows from the model. O(tweets).
  /// - Throws: ``StepError`` where the steps that the server was told to take cannot be taken with this model.
  init(_ model: Model, options: ServerOptions) throws(StepError) {
    self.model = model
    steps = try RankSteps(options.steps, model: model)
    // Whatever changes the order changes the policy's version.
    let policyVersion = ([options.policy.version] + [steps.version].filter { !$0.isEmpty }).joined(separator: ",")
    context = RankContext(
      modelVersion: model.version, policyVersion: policyVersion,
      signalNames: model.signals.map(\.name) + steps.active.map(\.name))
    hash = StoredRecommendations.modelHash(version: model.version)
    // A model that does not look at times was not trained "up to" one.
    asOf = UInt32(clamping: model.moment?.asOf ?? 0)
    index = CandidateIndex(model: model)
    learner = options.steps.learning.map { rates in
      OnlineLearner(
        model: model, rates: rates, folder: options.stateFolder, capacity: options.limits.shownItems,
        longest: options.limits.learnedItemsPerAnswer)
    }
    loadedAtSeconds = Int64(time(nil))
  }
}
