import Artifact
import Kernels
import Ranking

extension ModelBuilder {
  /// Learns the ranking as of a moment, folds all that happened, and writes both. Adds nothing where the recipe does
  /// not want it, or where the log gives no list to learn an order from.
  mutating func addMoment(_ text: TweetText) throws(TrainingError) {
    guard options.recipe.ranksByMoment else { return }
    let order = EventOrder(data)
    var builder = FactsBuilder(data: data, vectors: text.vectors)
    let facts = builder.build()
    let learned = try RankerLearner(
      data: data, order: order, facts: facts, tagCount: builder.tags.count, termCount: text.terms.count,
      seed: options.seed, parallel: Parallel(threads: options.threads), progress: progress, end: nil,
      listLimit: options.blendLists, without: []
    ).learn()
    report.temporalLists = learned.temporalLists
    report.retrospectiveLists = learned.retrospectiveLists
    report.switchedOff = learned.switchedOff.map { "\($0.signal.name) (\($0.reason))" }
    report.embeddings = data.embeddings?.report
    report.types = TrainingReport.Types(learned.types)
    clock.end("order")
    guard learned.temporalLists + learned.retrospectiveLists > 0 else { return }
    var replay = Replay(data, order: order, history: learned.world.history)
    replay.advance(before: nil)
    learned.world.history.add(to: tensors)
    learned.world.tastes.add(to: tensors, people: data.users.count, tags: builder.tags.count)
    learned.blend.add(to: tensors)
    learned.types.types.add(to: tensors)
    builder.addNames(to: tensors)
    clock.end("replay")
  }
}
