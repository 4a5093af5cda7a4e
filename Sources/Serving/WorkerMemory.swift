import Feedback
import Glibc
import Kernels
import Ranking
import Wire

/// What one worker needs to answer calls: the shared things it reads and the scratch that is its own.
final class WorkerMemory {
  let model: Model
  let context: RankContext
  let feedback: FeedbackService
  let policy: BanditPolicy
  let steps: RankSteps
  let limits: Limits
  private let now: ServerOptions.Now
  /// Up to when the model was trained, in Unix seconds: what happened before, it knows; 0: it does not look at times.
  private let modelAsOf: UInt32
  let scratch: RankScratch
  private let scratchSeed: UInt64
  /// Made by the first large call.
  lazy var large = LargeCallMemory(model: model, limits: limits, seed: ~scratchSeed)
  let describe: @Sendable () -> ServerDescription
  var generator: SeededGenerator
  /// What learning from feedback has come to, and what an answer showed; nil where it is off.
  private var learned = OnlineLearner.Copy()
  private var scored = FeedbackService.ScoringCopy()
  private let shown: ShownSignals?
  private let index: CandidateIndex
  /// Stands for the model in the store's keys and lists.
  let modelHash: UInt64
  /// Made on first use: eight bytes per tweet of the model.
  lazy var candidates = CandidateGenerator(model: model, index: index, capacity: limits.candidatesPerCall)
  /// Made on first use: four bytes per tweet of the model.
  lazy var similar = SimilarTweets(model: model)
  /// Columns of list answers.
  private var listedIDs: [UInt64] = []
  private var listedTexts: [UnsafeRawBufferPointer] = []
  private var listedNames: [UnsafeRawBufferPointer] = []
  var listedValues: [Double] = []

  init(
    model: Model, index: CandidateIndex, context: RankContext, feedback: FeedbackService, options: ServerOptions,
    steps: RankSteps = RankSteps(), worker: Int, describe: @escaping @Sendable () -> ServerDescription
  ) {
    self.model = model
    self.index = index
    modelHash = StoredRecommendations.modelHash(version: model.version)
    self.context = context
    self.feedback = feedback
    self.describe = describe
    policy = options.policy
    self.steps = steps
    limits = options.limits
    now = options.now
    modelAsOf = UInt32(clamping: model.moment?.asOf ?? 0)
    generator = SeededGenerator(seed: options.seed &+ UInt64(worker) &* 0x9E37_79B9_7F4A_7C15)
    shown = feedback.learner.map { _ in ShownSignals(limit: options.limits.learnedItemsPerAnswer, model: model) }
    scratchSeed = generator.next()
    scratch = RankScratch(model: model, capacity: options.limits.candidatesPerCall, seed: scratchSeed)
  }

  /// Unix seconds of a request that is answered now; 0: as of the model's training data.
  func currentTime() -> Int64 {
    switch now {
    case .clock: Int64(time(nil))
    case .model: 0
    case .fixed(let seconds): seconds
    }
  }

  /// A request id that feedback can refer to; never 0. The system's own randomness, not the seed's: an id must not come
  /// again after a restart, when feedback on the earlier ranking is still under way, nor be guessed by who forges feedback.
  func newRequestID() -> UInt64 { .random(in: 1 ... .max) }

  /// What feedback has taught about the signals until now.
  func correction() -> OnlineCorrection? {
    guard let learner = feedback.learner else { return nil }
    learner.refresh(&learned)
    return learned.correction
  }

  /// What a contextual policy has learned until now; nil for others.
  func scoring() -> ContextualScoring? {
    feedback.refresh(&scored)
    return scored.scoring
  }

  /// Fills a scratch's live columns: what has happened to its candidates, and what the user did, since the model was
  /// trained.
  func lookUpLive(_ userID: UInt64, into scratch: RankScratch) {
    feedback.tweets.lookUp(scratch.candidateIDs, into: scratch.live)
    feedback.users.lookUp(userID, since: modelAsOf, into: scratch.live)
  }

  /// What feedback has taught about a user since the model was trained. Uses the scratch's live columns.
  func liveInterest(of userID: UInt64) -> LiveInterest {
    feedback.users.lookUp(userID, since: modelAsOf, into: scratch.live)
    let live = scratch.live
    return LiveInterest(
      engaged: Array(UnsafeBufferPointer(start: live.engagedTweets, count: live.engagedCount)),
      trending: feedback.trending.ids)
  }

  /// Keeps what was just ranked in a scratch, for feedback to refer to; before the scratch's next use.
  func remember(_ ranked: RankedTweets, for user: UInt64, from scratch: RankScratch) {
    feedback.served.add(served(ranked, for: user, from: scratch))
    guard let learner = feedback.learner, let shown else { return }
    shown.copy(ranked, from: scratch, model: model)
    learner.remember(requestID: ranked.requestID, shown)
  }

  /// An answer as feedback may name it.
  private func served(_ ranked: RankedTweets, for user: UInt64, from scratch: RankScratch) -> LoggedRanking {
    let items = (0..<min(ranked.tweetIDs.count, limits.loggedItemsPerAnswer)).map {
      LoggedRanking.Item(
        tweetID: ranked.tweetIDs[$0], propensity: ranked.propensities[$0], score: ranked.scores[$0])
    }
    let candidates = scratch.candidateIDs
    // The clock's time, whatever the ranking took for now: that is what events have.
    return LoggedRanking(
      requestID: ranked.requestID, userID: user, timestampSeconds: Int64(time(nil)),
      policyVersion: context.policyVersion, modelVersion: context.modelVersion, items: items,
      candidates: candidates.count <= limits.loggedCandidates ? Array(candidates) : [],
      features: policy.loggedFeatures(scratch, items: items.count))
  }

  /// Fills the columns of ids and, if wanted, of texts and names for these rows of the model's tweets.
  func list(_ rows: [UInt32], texts: Bool, names: Bool) {
    listedIDs.removeAll(keepingCapacity: true)
    listedTexts.removeAll(keepingCapacity: true)
    listedNames.removeAll(keepingCapacity: true)
    for row in rows {
      listedIDs.append(model.tweets.ids[Int(row)])
      if texts { listedTexts.append(model.tweets.texts[Int(row)]) }
      if names { listedNames.append(model.tweets.names[Int(row)]) }
    }
  }

  /// Lends what ``list(_:texts:names:)`` has filled.
  func withListed<Result>(
    _ body: (
      _ ids: UnsafeBufferPointer<UInt64>, _ texts: UnsafeBufferPointer<UnsafeRawBufferPointer>,
      _ names: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) -> Result
  ) -> Result {
    listedIDs.withUnsafeBufferPointer { ids in
      listedTexts.withUnsafeBufferPointer { texts in
        listedNames.withUnsafeBufferPointer { names in body(ids, texts, names) }
      }
    }
  }
}
