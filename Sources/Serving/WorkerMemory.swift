import Feedback
import Kernels
import Ranking
import Wire

/// What one worker needs to answer calls: the shared things it reads and the scratch that is its own.
final class WorkerMemory {
  let model: Model
  let context: RankContext
  let feedback: FeedbackService
  let policy: BanditPolicy
  let limits: Limits
  let scratch: RankScratch
  let describe: @Sendable () -> ServerDescription
  var generator: SeededGenerator
  /// Made on first use: four bytes per tweet of the model.
  lazy var similar = SimilarTweets(model: model)
  /// Columns of list answers.
  var listedIDs: [UInt64] = []
  var listedValues: [Double] = []
  var listedTexts: [UnsafeRawBufferPointer] = []

  init(
    model: Model, context: RankContext, feedback: FeedbackService, options: ServerOptions, worker: Int,
    describe: @escaping @Sendable () -> ServerDescription
  ) {
    self.model = model
    self.context = context
    self.feedback = feedback
    self.describe = describe
    policy = options.policy
    limits = options.limits
    generator = SeededGenerator(seed: options.seed &+ UInt64(worker) &* 0x9E37_79B9_7F4A_7C15)
    scratch = RankScratch(model: model, capacity: options.limits.candidatesPerCall, seed: generator.next())
  }

  /// A request id that feedback can refer to; never 0.
  func newRequestID() -> UInt64 { max(1, generator.next()) }
}
