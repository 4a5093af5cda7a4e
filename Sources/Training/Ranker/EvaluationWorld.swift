import Artifact
import Kernels
import Ranking
import Text

/// The logs of a folder, learned up to a moment and replayed from there: what an evaluation looks at.
package final class EvaluationWorld {
  private let data: TrainingData
  private let order: EventOrder
  private var replay: Replay
  private let examiner: MomentExaminer
  /// Candidates of a look at most, hashtags and terms.
  private typealias Size = (capacity: Int, tags: Int, terms: Int)
  private let size: Size
  private let options: TrainingOptions
  private let end: Int64?
  /// Engagements of the past, by tweet and in all.
  private let counts: [Int]
  private let pastCount: Int
  private let skippedRows: Int

  /// The blend and what is known of it.
  package let result: RankerLearner.Result
  /// How the folder's past differs from what a given model learned from; nil where it does not.
  package let otherPast: String?

  /// Reads the folder and learns from what precedes `end`.
  package convenience init(
    options: TrainingOptions, end: Int64?, without: Set<Signal>, capacity: Int, progress: TrainingProgress
  ) throws(TrainingError) {
    var loader = DataLoader(options: options, progress: progress)
    let data = try loader.load()
    let order = EventOrder(data)
    let parallel = Parallel(threads: options.threads)
    let vectors = try RankerText(data: data, options: options.text, end: end, progress: progress, parallel: parallel)
    var builder = FactsBuilder(data: data, vectors: vectors.vectors)
    let facts = builder.build()
    let learner = RankerLearner(
      data: data, order: order, facts: facts, tagCount: builder.tags.count, termCount: vectors.termCount,
      seed: options.seed, parallel: parallel, progress: progress, end: end, listLimit: options.blendLists,
      calibration: options.calibration, without: without)
    self.init(
      options, data, order, end: end, result: try learner.learn(),
      size: (capacity: max(1, capacity), tags: builder.tags.count, terms: vectors.termCount),
      skippedRows: Self.skipped(loader))
  }

  /// Reads the folder and ranks as a trained model does; nil where the model has no signals of a moment.
  ///
  /// ``otherPast`` says whether the folder holds what the model learned from.
  package convenience init?(
    options: TrainingOptions, end: Int64?, model: Model, capacity: Int, progress: TrainingProgress
  ) throws(TrainingError) {
    guard let moment = model.moment else { return nil }
    var loader = DataLoader(options: options, progress: progress)
    let data = try loader.load()
    let difference = ModelWorld.difference(model, asOf: moment.asOf, data: data)
    progress.update(stage: "vectors", completed: 0, total: 0)
    let made = ModelWorld(model, moment, data: data)
    progress.finish(stage: "vectors", detail: "\(ReportText.count(made.terms)) terms of the model")
    let lists = RankingLists(width: moment.blend.signals.count)
    self.init(
      options, data, EventOrder(data), end: end,
      result: .init(
        world: made.world, blend: moment.blend, calibration: moment.calibration, impressionLists: 0,
        types: TypeLearner.Result(), switchedOff: [], isTimed: true, temporal: lists, retrospective: lists),
      size: (capacity: max(1, capacity), tags: made.tags, terms: made.terms), skippedRows: Self.skipped(loader),
      otherPast: difference)
  }

  private init(
    _ options: TrainingOptions, _ data: TrainingData, _ order: EventOrder, end: Int64?,
    result: RankerLearner.Result, size: Size, skippedRows: Int, otherPast: String? = nil, hidden: HiddenEvents? = nil
  ) {
    self.options = options
    self.end = end
    self.data = data
    self.order = order
    self.result = result
    self.size = size
    examiner = MomentExaminer(capacity: size.capacity, terms: size.terms)
    self.otherPast = otherPast
    self.skippedRows = skippedRows
    var counts = [Int](repeating: 0, count: data.tweets.count)
    for index in order.engagements where data.log.times[index].precedes(end) {
      counts[Int(data.log.tweets[index])] += 1
    }
    self.counts = counts
    pastCount = counts.reduce(0, +)
    replay = Replay(data, order: order, history: result.world.history, hidden: hidden)
  }

  private static func skipped(_ loader: DataLoader) -> Int { loader.reports.reduce(0) { $0 + $1.rowsSkipped } }

  /// The same world, nothing folded yet, in which some users do nothing after their first `kept` engagements, and of
  /// whose tastes nothing was learned.
  package func withShortHistories(of users: Set<UInt64>, kept: Int) -> EvaluationWorld {
    let rows = Set(users.map { data.users.row(of: $0) }.filter { $0 != .max })
    var result = self.result
    result.world = MomentWorld(
      facts: result.world.facts,
      history: History(facts: result.world.facts, people: data.users.count, tags: size.tags, terms: size.terms),
      tastes: result.world.tastes.forgetting(rows))
    return EvaluationWorld(
      options, data, order, end: end, result: result, size: size, skippedRows: skippedRows, otherPast: otherPast,
      hidden: HiddenEvents(after: kept, by: rows, of: data, in: order))
  }

  /// The lists that the blend was learned from: `temporal.*` and `retrospective.*`, each `values` F32 [rows, signals],
  /// `labels` U8 [rows] and `offsets` U64 [lists + 1].
  package func addLists(to tensors: TensorSet) {
    for (name, lists) in [("temporal", result.temporal), ("retrospective", result.retrospective)] {
      tensors.add("\(name).values", shape: [lists.rows, lists.width], lists.values)
      tensors.add("\(name).labels", shape: [lists.rows], lists.labels.map { $0 ? UInt8(1) : 0 })
      tensors.add("\(name).offsets", shape: [lists.offsets.count], lists.offsets.map { UInt64($0) })
    }
  }

  /// What the folder holds.
  package var summary: DataSummary {
    DataSummary(
      users: data.users.count, tweets: data.tweets.count, engagements: data.log.count,
      engagementsBefore: pastCount, edges: data.graph.sources.count, skippedRows: skippedRows,
      newest: data.newestTime == 0 ? nil : data.newestTime, fingerprint: data.fingerprint)
  }

  /// The blend learned again from the same lists, without some signals.
  package func blend(without: Set<Signal>) -> MomentBlend {
    let signals = result.blend.signals
    return BlendLearner(signals: signals, parallel: Parallel(threads: options.threads)).learn(
      result.temporal, result.retrospective, isTimed: result.isTimed, isUsed: signals.map { !without.contains($0) })
  }

  /// Share of the engagements before the evaluation that went to a tweet, as if each tweet had one more; above 0.
  package func popularity(of tweetID: UInt64) -> Double {
    let row = data.tweets.row(of: tweetID)
    let count = row == .max ? 0 : counts[Int(row)]
    return Double(count + 1) / Double(pastCount + counts.count + 1)
  }

  /// A model of the classic recipe, trained on the same past: log and graph before the evaluation, and all tweets.
  package func classicModel(_ options: TrainingOptions, progress: TrainingProgress) throws(TrainingError) -> Model {
    var options = TrainingOptions(
      dataFolder: options.dataFolder, threads: options.threads, producer: options.producer, recipe: .classic)
    options.seed = self.options.seed
    var past = data
    past.log = data.log.filter { data.log.times[$0].precedes(end) }
    past.graph = data.graph.filter { data.graph.times[$0].precedes(end) }
    var builder = ModelBuilder(
      data: past, options: options, progress: progress, clock: StageClock(now: StageClock.monotonicSeconds))
    try builder.build()
    do throws(ModelError) { return try Model(builder.tensors) } catch { throw .artifact(reason: "\(error)") }
  }

  /// What had happened to a user, a tweet and its author before the moment of the last look.
  package struct Past {
    package let userEngagements: Int
    package let tweetEngagements: Int
    package let authorEngagements: Int
  }

  /// Engagements folded so far.
  package func past(user: UInt64, tweet: UInt64) -> Past {
    let (userRow, tweetRow) = (data.users.row(of: user), data.tweets.row(of: tweet))
    let history = result.world.history
    let author = tweetRow == .max ? ModelSchema.noRow : data.tweetAuthors[Int(tweetRow)]
    return Past(
      userEngagements: userRow == .max ? 0 : history.engagementsMade(by: userRow),
      tweetEngagements: tweetRow == .max ? 0 : history.engagements(with: tweetRow),
      authorEngagements: author == ModelSchema.noRow ? 0 : history.engagementsReceived(by: author))
  }

  /// A moment after all that happened: for impressions without a time.
  package var lastMoment: Int64 { data.newestTime + 1 }

  /// Folds what happened before `time` and fills ``columns`` for the tweets.
  package func look(
    at tweetIDs: [UInt64], userID: UInt64, time: Int64, hiding hidden: HiddenFacts = .nothing
  ) -> SignalColumns {
    replay.advance(before: time)
    examiner.look(
      at: tweetIDs.map { data.tweets.row(of: $0) }, user: data.users.row(of: userID), time: time, world: result.world,
      hiding: hidden)
    return examiner.columns
  }
}
