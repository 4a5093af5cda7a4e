import Artifact
import Glibc
import Kernels
import Ranking
import Training

/// Trains on what precedes the first impression, replays the rest in order of time, and ranks each impression as of its
/// moment by every model: random, newest, popular, trending, each signal alone, the classic hybrid, the ranker.
package struct ReplayEvaluation {
  package let options: TrainingOptions
  package let impressions: ImpressionList
  /// Signals that the ranker must do without.
  package let without: Set<Signal>
  package let resamples: Int
  /// A trained model to measure, and its file for messages; nil: learn from what precedes the first impression.
  package let given: (model: Model, path: String)?
  /// Whether to learn again without each group of signals, from lists that a given model does not have.
  package let ablates: Bool
  /// Where to write the signals of training and evaluation, for other learners to try; nil: nowhere.
  package let signalsPath: String?
  /// How to correct the ranker from each impression after it was ranked; nil: not at all.
  package var online: LearningRates?

  package init(
    options: TrainingOptions, impressions: ImpressionList, without: Set<Signal>, resamples: Int,
    given: (model: Model, path: String)? = nil, ablates: Bool = false, signalsPath: String? = nil
  ) {
    self.options = options
    self.impressions = impressions
    self.without = without
    self.resamples = resamples
    self.given = given
    self.ablates = ablates
    self.signalsPath = signalsPath
  }

  /// Runs everything.
  package func run(progress: TrainingProgress) throws(EvaluationError) -> EvaluationResult {
    let end = impressions.times.compactMap { $0 }.min()
    let world = try world(end: end, progress)
    let classic: Model
    do throws(TrainingError) { classic = try world.classicModel(options, progress: progress) } catch {
      throw .training(error)
    }
    let (scores, past, made) = replay(world, classic, progress)
    if let signalsPath {
      do throws(ArtifactError) { try scores.write(impressions, world, to: signalsPath) } catch {
        throw .signals(path: signalsPath, reason: "\(error)")
      }
    }
    let comparison = Comparison(
      impressions, popularity: world.popularity, resamples: resamples, seed: options.seed,
      parallel: Parallel(threads: options.threads))
    do throws(MetricError) {
      progress.update(stage: "metrics", completed: 0, total: 0)
      var models = models(scores, world.result)
      if let online {
        models.append(
          OnlineReplay(blend: world.result.blend, calibration: world.result.calibration, rates: online)
            .scored(impressions, scores))
      }
      var result = try comparison.run(models, slices: ReplayPast.slices(past))
      progress.finish(stage: "metrics", detail: "\(models.count) models")
      result.data = world.summary
      result.model = given.map { .init(version: $0.model.version, asOf: $0.model.asOf) }
      (result.firstTime, result.lastTime) = (end, impressions.times.compactMap { $0 }.max())
      let logOdds = scores.ranker.map { world.result.calibration.logOdds(of: $0) }
      result.reliability = ReliabilityBin.bins(logOdds: logOdds, labels: impressions.labels)
      result.ages = AgeBin.bins(ages: scores.column(.age), scores: logOdds, labels: impressions.labels)
      for (name, slice) in made.scores {
        result.madeSlices[name] = try comparison.made(
          slice.values, isIn: slice.isIn, ranker: scores.ranker, random: models[0].scores)
      }
      if ablates { result.ablation = try ablation(world, scores, comparison, progress) }
      result.switchedOff = world.result.switchedOff.map { "\($0.signal.name): \($0.reason)" }
      return result
    } catch { throw .metric(error) }
  }

  /// The folder as the given model sees it, or with a model learned from what precedes the first impression.
  private func world(end: Int64?, _ progress: TrainingProgress) throws(EvaluationError) -> EvaluationWorld {
    guard let (model, path) = given else {
      do throws(TrainingError) {
        return try EvaluationWorld(
          options: options, end: end, without: without, capacity: impressions.longest, progress: progress)
      } catch { throw .training(error) }
    }
    guard let asOf = model.asOf else { throw .model(path: path, reason: "it does not say until when it learned") }
    if let end, end <= asOf {
      let reason =
        "it has seen what happened until \(UnixTime.text(asOf)); the first impression is of \(UnixTime.text(end))"
      throw .model(path: path, reason: reason)
    }
    if model.signals.contains(.embedding), options.embeddings == nil {
      throw .model(path: path, reason: "it ranks by embeddings, of which no file is named")
    }
    let world: EvaluationWorld?
    do throws(TrainingError) {
      world = try EvaluationWorld(
        options: options, end: end, model: model, capacity: impressions.longest, progress: progress)
    } catch { throw .training(error) }
    guard let world else {
      throw .model(path: path, reason: "not of the ranker recipe; a classic hybrid is trained and compared with anyway")
    }
    if let difference = world.otherPast {
      throw .model(path: path, reason: "it learned from another log than that of \(options.dataFolder): \(difference)")
    }
    return world
  }

  /// Lets the log happen again and ranks each impression when its moment comes.
  private func replay(
    _ world: EvaluationWorld, _ classic: Model, _ progress: TrainingProgress
  ) -> (scores: ReplayScores, past: [ReplayPast], made: MadeSlices) {
    let scores = ReplayScores(candidates: impressions.tweets.count)
    let scratch = RankScratch(model: classic, capacity: impressions.longest, seed: options.seed)
    var made = MadeSlices(impressions)
    var past = [ReplayPast](repeating: ReplayPast(), count: impressions.count)
    let order = (0..<impressions.count).sorted { a, b in
      (impressions.times[a] ?? .max, a) < (impressions.times[b] ?? .max, b)
    }
    for (number, impression) in order.enumerated() {
      if number % 256 == 0 { progress.update(stage: "replay", completed: number, total: order.count) }
      let range = impressions.candidates(of: impression)
      let (tweets, user) = (Array(impressions.tweets[range]), impressions.users[impression])
      let values = world.look(at: tweets, userID: user, time: impressions.times[impression] ?? world.lastMoment)
      scores.keep(values, count: tweets.count, at: range.lowerBound)
      tweets.withUnsafeBufferPointer { ids in
        let found = Scorer.score(RankQuery(userID: user, tweetIDs: ids), model: classic, scratch: scratch)
        for i in found.indices { scores.classic[range.lowerBound + i] = found[i] }
      }
      made.look(impression, in: world)
      past[impression] = ReplayPast(impression, of: impressions, in: world)
    }
    scores.ranker = scores.scores(by: world.result.blend)
    made.cutHistories(order, past, world, seed: options.seed)
    progress.finish(stage: "replay", detail: "\(impressions.count) impressions")
    return (scores, past, made)
  }

  /// Learns the blend again without each group that the ranker may use, from the same lists.
  private func ablation(
    _ world: EvaluationWorld, _ scores: ReplayScores, _ comparison: Comparison, _ progress: TrainingProgress
  ) throws(MetricError) -> [AblationLine] {
    let groups = SignalGroup.allCases.filter {
      !without.isSuperset(of: $0.signals) && $0.signals.contains { world.result.blend.signals.contains($0) }
    }
    let parts = groups.enumerated().map { number, group in
      progress.update(stage: "ablation", completed: number, total: groups.count)
      return (group: group, scores: scores.scores(by: world.blend(without: without.union(group.signals))))
    }
    let lines = try comparison.ablation(of: scores.ranker, parts)
    progress.finish(stage: "ablation", detail: "\(groups.count) groups of signals left out in turn")
    return lines
  }

  private func models(_ scores: ReplayScores, _ learned: RankerLearner.Result) -> [ScoredModel] {
    var generator = SeededGenerator(seed: options.seed)
    var models = [
      ScoredModel(
        name: "random", kind: .baseline, scores: scores.ranker.map { _ in Float(generator.uniform()) }),
      ScoredModel(name: "newest", kind: .baseline, scores: scores.column(.age).map { -$0 }),
      ScoredModel(name: "popular", kind: .baseline, scores: scores.column(.tweetCount)),
      ScoredModel(name: "trending", kind: .baseline, scores: scores.column(.trendingSixHours)),
    ]
    for signal in learned.blend.signals where !without.contains(signal) {
      models.append(ScoredModel(name: signal.name, kind: .signal, scores: scores.column(signal)))
    }
    models.append(ScoredModel(name: "classic", kind: .recipe, scores: scores.classic))
    models.append(
      ScoredModel(
        name: "ranker", kind: .recipe, scores: scores.ranker,
        probabilities: scores.ranker.map { 1 / (1 + expf(-learned.calibration.logOdds(of: $0))) }))
    return models
  }
}

extension Model {
  /// Unix seconds of the newest row that it learned from; nil where the file does not say, or the data had no times.
  fileprivate var asOf: Int64? {
    metadata(ModelSchema.Metadata.asOf).flatMap { Int64($0) }.flatMap { $0 == 0 ? nil : $0 }
  }
}
