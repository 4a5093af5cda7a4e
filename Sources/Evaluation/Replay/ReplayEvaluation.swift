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
  /// Where to write the signals of training and evaluation, for other learners to try; nil: nowhere.
  package let signalsPath: String?
  /// How to correct the ranker from each impression after it was ranked; nil: not at all.
  package var online: LearningRates?

  package init(
    options: TrainingOptions, impressions: ImpressionList, without: Set<Signal>, resamples: Int,
    signalsPath: String? = nil
  ) {
    self.options = options
    self.impressions = impressions
    self.without = without
    self.resamples = resamples
    self.signalsPath = signalsPath
  }

  /// Runs everything.
  package func run(progress: TrainingProgress) throws(EvaluationError) -> EvaluationResult {
    let end = impressions.times.compactMap { $0 }.min()
    let world: EvaluationWorld
    let classic: Model
    do throws(TrainingError) {
      world = try EvaluationWorld(
        options: options, end: end, without: without, capacity: impressions.longest, progress: progress)
      classic = try world.classicModel(options, progress: progress)
    } catch { throw .training(error) }
    var columns = Columns(world.result.blend.signals, candidates: impressions.tweets.count)
    let scratch = RankScratch(model: classic, capacity: impressions.longest, seed: options.seed)
    var past = [Past](repeating: Past(), count: impressions.count)
    let order = (0..<impressions.count).sorted { a, b in
      (impressions.times[a] ?? .max, a) < (impressions.times[b] ?? .max, b)
    }
    for (number, impression) in order.enumerated() {
      if number % 256 == 0 { progress.update(stage: "replay", completed: number, total: order.count) }
      past[impression] = score(impression, world, classic, scratch, &columns)
    }
    progress.finish(stage: "replay", detail: "\(impressions.count) impressions")
    if let signalsPath { try write(columns, world, to: signalsPath) }
    let comparison = Comparison(
      impressions, popularity: world.popularity, resamples: resamples, seed: options.seed)
    do throws(MetricError) {
      var models = models(columns, comparison, world.result.calibration)
      if let online {
        models.append(
          OnlineReplay(blend: world.result.blend, calibration: world.result.calibration, rates: online)
            .scored(impressions, order: order, scores: columns.ranker, signals: columns.signals))
      }
      var result = try comparison.run(models, slices: slices(past))
      result.switchedOff = world.result.switchedOff.map { "\($0.signal.name): \($0.reason)" }
      return result
    } catch { throw .metric(error) }
  }

  /// Scores of every candidate, column by column.
  private struct Columns {
    /// Those that the data has anything for.
    let order: [Signal]
    var signals: [Signal: [Float]] = [:]
    var ranker: [Float]
    var classic: [Float]

    init(_ order: [Signal], candidates: Int) {
      self.order = order
      for signal in order { signals[signal] = .init(repeating: .nan, count: candidates) }
      ranker = .init(repeating: 0, count: candidates)
      classic = ranker
    }
  }

  /// Writes what the blend was learned from and what it ranked, as a safetensors file.
  private func write(_ columns: Columns, _ world: EvaluationWorld, to path: String) throws(EvaluationError) {
    let tensors = TensorSet()
    tensors.metadata["signals"] = columns.order.map(\.name).joined(separator: ",")
    world.addLists(to: tensors)
    let ordered = columns.order.map { columns.signals[$0] ?? [] }
    let count = impressions.tweets.count
    tensors.add("impressions.values", shape: [count, ordered.count], of: Float.self) { values in
      for row in 0..<count {
        for signal in ordered.indices { values[row * ordered.count + signal] = ordered[signal][row] }
      }
    }
    tensors.add("impressions.labels", shape: [count], impressions.labels.map { $0 ? UInt8(1) : 0 })
    tensors.add(
      "impressions.offsets", shape: [impressions.offsets.count], impressions.offsets.map { UInt64($0) })
    tensors.add("impressions.ranker", shape: [count], columns.ranker)
    do throws(ArtifactError) { try tensors.write(to: path) } catch { throw .signals(path: path, reason: "\(error)") }
  }

  /// What had happened before an impression to its user, and to its first positive.
  private struct Past {
    var user = 0
    var tweet: Int?
    var author: Int?
  }

  private func score(
    _ impression: Int, _ world: EvaluationWorld, _ classic: Model, _ scratch: RankScratch, _ columns: inout Columns
  ) -> Past {
    let range = impressions.candidates(of: impression)
    let tweets = Array(impressions.tweets[range])
    let user = impressions.users[impression]
    let values = world.look(at: tweets, userID: user, time: impressions.times[impression] ?? world.lastMoment)
    for signal in columns.order {
      for i in tweets.indices { columns.signals[signal]?[range.lowerBound + i] = values[signal][i] }
    }
    columns.ranker.withUnsafeMutableBufferPointer { ranker in
      guard let base = ranker.baseAddress else { return }
      world.result.blend.score(values, count: tweets.count, into: base + range.lowerBound)
    }
    tweets.withUnsafeBufferPointer { ids in
      let scores = Scorer.score(RankQuery(userID: user, tweetIDs: ids), model: classic, scratch: scratch)
      for i in scores.indices { columns.classic[range.lowerBound + i] = scores[i] }
    }
    var past = Past(user: world.past(user: user, tweet: tweets.first ?? 0).userEngagements)
    if let positive = range.first(where: { impressions.labels[$0] }) {
      let found = world.past(user: user, tweet: impressions.tweets[positive])
      (past.tweet, past.author) = (found.tweetEngagements, found.authorEngagements)
    }
    return past
  }

  /// A missing value ranks last.
  private func models(
    _ columns: Columns, _ comparison: Comparison, _ calibration: ScoreCalibration
  ) -> [ScoredModel] {
    var generator = SeededGenerator(seed: options.seed)
    func direct(_ signal: Signal, _ factor: Float) -> [Float] {
      (columns.signals[signal] ?? []).map { $0.isNaN ? -.greatestFiniteMagnitude : factor * $0 }
    }
    var models = [
      ScoredModel(
        name: "random", kind: .baseline, scores: columns.ranker.map { _ in Float(generator.uniform()) }),
      ScoredModel(name: "newest", kind: .baseline, scores: direct(.age, -1)),
      ScoredModel(name: "popular", kind: .baseline, scores: direct(.tweetCount, 1)),
      ScoredModel(name: "trending", kind: .baseline, scores: direct(.trendingSixHours, 1)),
    ]
    for signal in columns.order where !without.contains(signal) {
      let (up, down) = (direct(signal, 1), direct(signal, -1))
      let rising = ScoredModel(name: signal.name, kind: .signal, scores: up)
      let falling = ScoredModel(name: signal.name, kind: .signal, scores: down)
      models.append((comparison.ndcg(rising) ?? 0) >= (comparison.ndcg(falling) ?? 0) ? rising : falling)
    }
    models.append(ScoredModel(name: "classic", kind: .recipe, scores: columns.classic))
    models.append(
      ScoredModel(
        name: "ranker", kind: .recipe, scores: columns.ranker,
        probabilities: columns.ranker.map { 1 / (1 + expf(-calibration.logOdds(of: $0))) }))
    return models
  }

  private func slices(_ past: [Past]) -> [(name: String, isIn: [Bool])] {
    [
      ("users with 3 engagements or fewer", past.map { $0.user <= 3 }),
      ("users with 4 to 50 engagements", past.map { $0.user > 3 && $0.user <= 50 }),
      ("users with more than 50 engagements", past.map { $0.user > 50 }),
      ("tweets that nobody had engaged with", past.map { $0.tweet == 0 }),
      ("tweets that somebody had engaged with", past.map { ($0.tweet ?? 0) > 0 }),
      ("authors that nobody had engaged with", past.map { $0.author == 0 }),
    ]
  }
}

/// Why an evaluation could not be made.
package enum EvaluationError: Error, CustomStringConvertible {
  case training(TrainingError)
  case metric(MetricError)
  case signals(path: String, reason: String)

  package var description: String {
    switch self {
    case .training(let error): "\(error)"
    case .metric(let error): "\(error)"
    case .signals(let path, let reason): "\(path): \(reason)"
    }
  }
}
