import Feedback
import Ranking
import Synchronization
import Wire

/// A model and one worker's own memory for it: everything of a worker that changes with the model, in one piece.
///
/// Made on the loader's thread, handed to the worker, and let go of on the loader's thread again.
final class WorkerModel: @unchecked Sendable {
  let served: ServedModel
  let scratch: RankScratch
  /// What an answer showed; nil where learning is off.
  let shown: ShownSignals?
  /// The worker's copy of what was learned.
  var learned = OnlineLearner.Copy()
  /// Eight bytes per tweet of the model, made on first use.
  private(set) lazy var candidates = makeCandidates()
  /// Four bytes per tweet of the model, made on first use.
  private(set) lazy var similar = makeSimilar()
  /// For large calls, made by the first.
  private(set) lazy var large = LargeCallMemory(model: served.model, limits: limits, seed: ~seed)
  private let limits: Limits
  private let seed: UInt64
  // The loader looks at them from its thread.
  private let hasCandidates = Atomic(false)
  private let hasSimilar = Atomic(false)

  /// Memory for calls within `limits`; `seed` hardens it against chosen ids.
  init(_ served: ServedModel, limits: Limits, seed: UInt64) {
    (self.served, self.limits, self.seed) = (served, limits, seed)
    shown = served.learner.map { _ in ShownSignals(limit: limits.learnedItemsPerAnswer, model: served.model) }
    scratch = RankScratch(model: served.model, capacity: limits.candidatesPerCall, seed: seed)
  }

  /// Touches what the first calls would touch: the golden requests are ranked with the memory, and what the worker has
  /// made for the model before is made for this one too.
  /// - Throws: ``ModelError`` where the golden requests come out otherwise.
  func warm(after before: WorkerModel?) throws(ModelError) {
    try GoldenRequests.verify(served.model, scratch: scratch)
    if before?.hasCandidates.load(ordering: .relaxed) == true { _ = candidates }
    if before?.hasSimilar.load(ordering: .relaxed) == true { _ = similar }
  }

  private func makeCandidates() -> CandidateGenerator {
    hasCandidates.store(true, ordering: .relaxed)
    return CandidateGenerator(model: served.model, index: served.index, capacity: limits.candidatesPerCall)
  }

  private func makeSimilar() -> SimilarTweets {
    hasSimilar.store(true, ordering: .relaxed)
    return SimilarTweets(model: served.model)
  }
}
