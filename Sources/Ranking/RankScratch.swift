import Kernels
import Text

/// All mutable memory of ranking: columns sized once for the largest call, reused by every call of one worker.
///
/// Confined to one thread. Columns are parallel; element i of each belongs to candidate i after ``Candidates`` ran.
public final class RankScratch {
  /// The largest number of candidates.
  public let capacity: Int
  /// Candidates of the current call, duplicates removed.
  public internal(set) var count = 0
  /// Candidate ids [count]; bandit statistics are looked up by them.
  public let ids: UnsafeMutablePointer<UInt64>
  /// Impressions of each candidate's arm, filled by the caller between scoring and ranking. [count]
  public let armTrials: UnsafeMutablePointer<UInt32>
  /// Reward sums of each candidate's arm, likewise. [count]
  public let armRewards: UnsafeMutablePointer<Float>
  /// Engagements that the ranker expected of those impressions (``ExpectedEngagements``), likewise; 0: not known. [count]
  public let armExpected: UnsafeMutablePointer<Float>

  /// Rows in the tweet table, ``ModelSchema/noRow`` where unknown. [count]
  let rows: UnsafeMutablePointer<UInt32>
  /// Index into the query: < tweetIDs.count is a column, the rest are new tweets. [count]
  let sources: UnsafeMutablePointer<UInt32>
  /// Raw values of ``Familiarity``. [count]
  let familiarity: UnsafeMutablePointer<UInt32>
  /// Served scores, before and after the bandit's term. [count]
  let scores: UnsafeMutablePointer<Float>
  /// 1 where the moment's blend judges a tweet as evergreen. [count]
  let evergreen: UnsafeMutablePointer<UInt32>
  /// The user's profile, dense. [terms], zero between calls.
  let denseProfile: UnsafeMutablePointer<Float>
  /// Candidate index + 1 by tweet row, for models with neighbours. [tweets or 0], zero between calls.
  let candidateSlots: UnsafeMutablePointer<UInt32>
  /// Weight and weighted rating of each candidate, likewise. [2 · capacity or 0], zero between calls.
  let neighbourSums: UnsafeMutablePointer<Double>
  /// Which ids this call has seen.
  var seen: SeenIDs
  /// Vectorises texts against the model's vocabulary.
  var vectorizer: TfidfVectorizer
  /// For models that rank as of a moment.
  let moment: MomentMemory?
  /// For the bandit's rules.
  let bandit: BanditMemory
  /// What has happened since the model was trained, filled by the caller between gathering and scoring.
  public let live: LiveFacts
  /// For the steps of these names.
  var authorDiversity: AuthorDiversity
  var fatigue: Fatigue
  /// Positions in the answer: candidate index by rank. [capacity]
  let order: UnsafeMutablePointer<UInt32>
  /// Room for putting them in order. [2 · capacity]
  let spareOrder: UnsafeMutablePointer<UInt32>

  /// The answer's columns, in ranked order.
  let rankedIDs: UnsafeMutablePointer<UInt64>
  let rankedScores: UnsafeMutablePointer<Float>
  let propensities: UnsafeMutablePointer<Float>
  let rankedFamiliarity: UnsafeMutablePointer<UInt32>
  let rankedTexts: UnsafeMutablePointer<UnsafeRawBufferPointer>
  /// Row-major [count, signals + active steps].
  let explainedContributions: UnsafeMutablePointer<Float>
  let explainedValues: UnsafeMutablePointer<Float>

  /// The user's row of the current call, ``ModelSchema/noRow`` where unknown.
  var userRow = ModelSchema.noRow
  /// What the current call leaves out.
  var skipped = SkippedSignals.none
  var duplicatesRemoved = 0
  var valuesReplaced = 0

  private let signalValues: UnsafeMutablePointer<Float>
  private let signalContributions: UnsafeMutablePointer<Float>
  private let stepTerms: UnsafeMutablePointer<Float>
  private let stepValues: UnsafeMutablePointer<Float>
  private let typeColumns: UnsafeMutablePointer<Float>
  private let memory: UnsafeMutableRawPointer

  /// Raw values of signal `s`. [count]
  func values(_ s: Int) -> UnsafeMutablePointer<Float> { signalValues + s * capacity }
  /// Contributions of signal `s`. [count]
  func contributions(_ s: Int) -> UnsafeMutablePointer<Float> { signalContributions + s * capacity }
  /// What a step added to each score, if it is active. [count]
  func terms(of step: RankStep) -> UnsafeMutablePointer<Float> { stepTerms + step.rawValue * capacity }
  /// What it looked at. [count]
  func values(of step: RankStep) -> UnsafeMutablePointer<Float> { stepValues + step.rawValue * capacity }
  /// A standardised signal, and odds of engagement type `k`; only for models with types. [count]
  var typeInputs: UnsafeMutablePointer<Float> { typeColumns }
  func typeOdds(_ k: Int) -> UnsafeMutablePointer<Float> { typeColumns + (k + 1) * capacity }

  /// Memory for calls of up to `capacity` candidates against `model`. `seed` hardens the duplicate check against
  /// ids chosen to collide. With `onlyGathers` signals cannot be computed with it: then it lacks what is as large as the
  /// model, and its columns are those of a call that is scored in parts.
  public init(model: Model, capacity: Int, seed: UInt64, onlyGathers: Bool = false) {
    let capacity = max(1, capacity)
    let (signals, steps) = (Signal.allCases.count, RankStep.allCases.count)
    let types = model.moment?.types.names.count ?? 0
    let terms = onlyGathers ? 0 : model.inverseDocumentFrequency.count
    let neighbours = onlyGathers ? nil : model.neighbours
    self.capacity = capacity
    seen = SeenIDs(capacity: capacity, seed: seed)
    authorDiversity = AuthorDiversity(capacity: capacity, seed: ~seed)
    fatigue = Fatigue(capacity: capacity, seed: seed &* 3)
    (live, bandit) = (LiveFacts(capacity: capacity), BanditMemory(capacity: capacity))
    vectorizer = TfidfVectorizer(
      vocabulary: model.vocabulary, inverseDocumentFrequency: model.inverseDocumentFrequency,
      options: model.textOptions)

    moment = onlyGathers ? nil : model.moment.map { _ in MomentMemory(capacity: capacity, terms: terms) }
    // One allocation, cut into columns that each begin on a cache line.
    var plan = ColumnPlan()
    let offsets = (
      ids: plan.add(UInt64.self, capacity), rankedIDs: plan.add(UInt64.self, capacity),
      texts: plan.add(UnsafeRawBufferPointer.self, capacity), trials: plan.add(UInt32.self, capacity),
      rewards: plan.add(Float.self, capacity), expected: plan.add(Float.self, capacity),
      rows: plan.add(UInt32.self, capacity),
      sources: plan.add(UInt32.self, capacity), familiarity: plan.add(UInt32.self, capacity),
      evergreen: plan.add(UInt32.self, capacity),
      scores: plan.add(Float.self, capacity),
      order: plan.add(UInt32.self, capacity), spareOrder: plan.add(UInt32.self, 2 * capacity),
      rankedScores: plan.add(Float.self, capacity),
      propensities: plan.add(Float.self, capacity), rankedFamiliarity: plan.add(UInt32.self, capacity),
      values: plan.add(Float.self, capacity * signals), contributions: plan.add(Float.self, capacity * signals),
      explained: plan.add(Float.self, capacity * (signals + steps)),
      explainedValues: plan.add(Float.self, capacity * (signals + steps)),
      stepTerms: plan.add(Float.self, capacity * steps), stepValues: plan.add(Float.self, capacity * steps),
      types: plan.add(Float.self, types == 0 ? 0 : capacity * (types + 1)), profile: plan.add(Float.self, terms),
      slots: plan.add(UInt32.self, neighbours == nil ? 0 : model.tweets.count),
      sums: plan.add(Double.self, neighbours == nil ? 0 : 2 * capacity)
    )
    memory = .allocate(byteCount: plan.byteCount, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: plan.byteCount)
    let base = memory
    func cut<T>(_ offset: Int, _ type: T.Type) -> UnsafeMutablePointer<T> {
      (base + offset).assumingMemoryBound(to: type)
    }
    ids = cut(offsets.ids, UInt64.self)
    rankedIDs = cut(offsets.rankedIDs, UInt64.self)
    rankedTexts = cut(offsets.texts, UnsafeRawBufferPointer.self)
    armTrials = cut(offsets.trials, UInt32.self)
    armRewards = cut(offsets.rewards, Float.self)
    armExpected = cut(offsets.expected, Float.self)
    rows = cut(offsets.rows, UInt32.self)
    sources = cut(offsets.sources, UInt32.self)
    familiarity = cut(offsets.familiarity, UInt32.self)
    scores = cut(offsets.scores, Float.self)
    evergreen = cut(offsets.evergreen, UInt32.self)
    order = cut(offsets.order, UInt32.self)
    spareOrder = cut(offsets.spareOrder, UInt32.self)
    rankedScores = cut(offsets.rankedScores, Float.self)
    propensities = cut(offsets.propensities, Float.self)
    rankedFamiliarity = cut(offsets.rankedFamiliarity, UInt32.self)
    signalValues = cut(offsets.values, Float.self)
    signalContributions = cut(offsets.contributions, Float.self)
    explainedContributions = cut(offsets.explained, Float.self)
    explainedValues = cut(offsets.explainedValues, Float.self)
    stepTerms = cut(offsets.stepTerms, Float.self)
    stepValues = cut(offsets.stepValues, Float.self)
    typeColumns = cut(offsets.types, Float.self)
    denseProfile = cut(offsets.profile, Float.self)
    candidateSlots = cut(offsets.slots, UInt32.self)
    neighbourSums = cut(offsets.sums, Double.self)
  }

  deinit { memory.deallocate() }

  /// The current candidates' ids.
  public var candidateIDs: UnsafeBufferPointer<UInt64> { .init(start: ids, count: count) }

  /// Puts the `wanted` best candidates first in ``order``, best first. Ties go to the smaller id.
  func putInOrder(best wanted: Int) {
    TopK.select(
      scores: .init(start: scores, count: count), keys: candidateIDs, k: wanted, into: order, spare: spareOrder)
  }
}
