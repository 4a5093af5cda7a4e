import Feedback
import Glibc
import Kernels
import Ranking
import Wire

/// What one worker needs to answer calls: the shared things it reads, the model it serves, and memory that is its own.
final class WorkerMemory {
  /// What is served, in one piece; replaced between two calls, never within one.
  private(set) var served: WorkerModel
  let feedback: FeedbackService
  let policy: BanditPolicy
  let limits: Limits
  private let now: ServerOptions.Now
  private let description: @Sendable (ServedModel) -> ServerDescription
  var generator: SeededGenerator
  private var scored = FeedbackService.ScoringCopy()
  private var requestIDs = RequestIDs()
  /// Which of the feedback's rings is this worker's, and what it calls the model and policy.
  private let worker: Int
  private var versions: UInt32
  /// What the policy looked at of the answer's first items. [loggedItemsPerAnswer, features]
  private let features: UnsafeMutableBufferPointer<Int16>
  /// Columns of list answers.
  private var listedIDs: [UInt64] = []
  private var listedTexts: [UnsafeRawBufferPointer] = []
  private var listedNames: [UnsafeRawBufferPointer] = []
  var listedValues: [Double] = []

  init(
    _ model: ServedModel, feedback: FeedbackService, options: ServerOptions, worker: Int,
    describe: @escaping @Sendable (ServedModel) -> ServerDescription
  ) {
    self.feedback = feedback
    description = describe
    policy = options.policy
    self.worker = worker
    features = .allocate(capacity: options.limits.loggedItemsPerAnswer * BanditPolicy.mostLoggedFeatures)
    versions = Self.number(of: model, in: feedback)
    limits = options.limits
    now = options.now
    generator = SeededGenerator(seed: options.seed &+ UInt64(worker) &* 0x9E37_79B9_7F4A_7C15)
    served = WorkerModel(model, limits: options.limits, seed: generator.next())
  }

  deinit { features.deallocate() }

  var model: Model { served.served.model }
  var context: RankContext { served.served.context }
  var steps: RankSteps { served.served.steps }
  var modelHash: UInt64 { served.served.hash }
  var scratch: RankScratch { served.scratch }
  var candidates: CandidateGenerator { served.candidates }
  var similar: SimilarTweets { served.similar }
  var large: LargeCallMemory { served.large }

  /// Serves another model from the next call on. What was served before must be held by somebody else, whose thread
  /// then frees it.
  func serve(_ model: WorkerModel) {
    served = model
    versions = Self.number(of: model.served, in: feedback)
  }

  private static func number(of model: ServedModel, in feedback: FeedbackService) -> UInt32 {
    feedback.served.number(policy: model.context.policyVersion, model: model.context.modelVersion)
  }

  /// What the server says of itself to a client of this worker.
  func describe() -> ServerDescription { description(served.served) }

  /// Unix seconds of a request that is answered now; 0: as of the model's training data.
  func currentTime() -> Int64 {
    switch now {
    case .clock: Int64(time(nil))
    case .model: 0
    case .fixed(let seconds): seconds
    }
  }

  /// A request id that feedback can refer to; never 0.
  func newRequestID() -> UInt64 {
    let id = requestIDs.next()
    feedback.served.prefetch(id, worker: worker)
    return id
  }

  /// What feedback has taught about the signals until now.
  func correction() -> OnlineCorrection? {
    guard let learner = served.served.learner else { return nil }
    learner.refresh(&served.learned)
    return served.learned.correction
  }

  /// What a contextual policy has learned until now; nil for others.
  func scoring() -> ContextualScoring? {
    feedback.refresh(&scored)
    return scored.scoring
  }

  /// Fills a scratch's live columns: what has happened to its candidates, and what the user did, since the model was
  /// trained.
  ///
  /// The classic recipe has no signal for either, so without fatigue nobody would look at them.
  func lookUpLive(_ userID: UInt64, into scratch: RankScratch) {
    guard model.moment != nil || steps.looksAtUser else { return }
    feedback.tweets.lookUp(scratch.candidateIDs, into: scratch.live)
    feedback.users.lookUp(userID, since: served.served.asOf, into: scratch.live)
  }

  /// What feedback has taught about a user since the model was trained. Uses the scratch's live columns.
  func liveInterest(of userID: UInt64) -> LiveInterest {
    feedback.users.lookUp(userID, since: served.served.asOf, into: scratch.live)
    let live = scratch.live
    return LiveInterest(
      engaged: Array(UnsafeBufferPointer(start: live.engagedTweets, count: live.engagedCount)),
      trending: feedback.trending.ids)
  }

  /// Keeps what was just ranked in a scratch, for feedback to refer to; before the scratch's next use.
  func remember(_ ranked: RankedTweets, for user: UInt64, from scratch: RankScratch) {
    let items = min(ranked.tweetIDs.count, limits.loggedItemsPerAnswer)
    let candidates = scratch.candidateIDs
    let isKept = candidates.count <= limits.loggedCandidates
    let logged = policy.logFeatures(scratch, items: items, into: features)
    // The clock's time, whatever the ranking took for now: that is what events have.
    feedback.served.add(
      ServedRankings.Answer(
        versions: versions, userID: user, timestampSeconds: Int64(time(nil)), ranked: ranked, items: items,
        candidates: isKept ? candidates : UnsafeBufferPointer(start: nil, count: 0),
        features: UnsafeBufferPointer(rebasing: features[..<logged])),
      worker: worker)
    guard let learner = served.served.learner, let shown = served.shown else { return }
    shown.copy(ranked, from: scratch, model: model)
    learner.remember(requestID: ranked.requestID, shown)
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
