import Evaluation
import Feedback
import Ranking

/// Asks a log what another policy would earn.
struct LogEvaluation {
  /// Everything that is printed.
  struct Report: Encodable {
    /// Who was asked about.
    struct Target: Encodable {
      var policy: String
      var steps = ""
      var model = ""
    }

    /// What went in.
    struct Log: Encodable {
      /// Entries that damage has cost.
      var lost: UInt64
      var joined: ListJoin.Counts
      /// Lists by who chose and who scored.
      var policies: [String: Int]
      var models: [String: Int]
      /// Unix seconds.
      var firstTime: Int64?
      var lastTime: Int64?
      /// Events that the server could not match when they were recorded, and those that name no list.
      var unmatched: Int
      var withoutList: Int

      enum CodingKeys: String, CodingKey {
        case lost, joined, policies, models, unmatched
        case firstTime = "first_time"
        case lastTime = "last_time"
        case withoutList = "without_list"
      }
    }

    /// What was asked for.
    struct Settings: Encodable {
      /// nil: no bound.
      var clip: Double?
      var positions: Int
      var leastSamples: Double
      var unsupported: Double
      var resamples: Int
      var seed: UInt64
      /// Lowest and highest.
      var rewardRange: [Double]
      /// By type of event.
      var rewards: [String: Double]

      enum CodingKeys: String, CodingKey {
        case clip, positions, unsupported, resamples, seed, rewards
        case leastSamples = "least_samples"
        case rewardRange = "reward_range"
      }
    }

    var target: Target
    var log: Log
    var settings: Settings
    var conclusion: ListResult.Conclusion
    var result: ListResult
  }

  /// Gives the entries of a log in their order, and returns how many are known to be lost; asked twice.
  typealias Entries = (_ body: (LogEntry) -> Void) throws -> UInt64

  let arguments: LogArguments
  /// What a snapshot says that events are worth.
  let weights: RewardWeights
  let policy: BanditPolicy
  let steps: StepSettings
  /// nil: chance.
  let model: Model?
  let resamples: Int
  let seed: UInt64
  let threads: Int

  /// Throws what reading throws, ``StepError`` for steps that the model cannot take, and ``CounterfactualError`` for a
  /// log without a list that counts.
  func run(_ entries: Entries) throws -> Report {
    var logged = weights
    var wereSet = false
    _ = try entries {
      guard case .rewards(let weights) = $0 else { return }
      wereSet = true
      if logged.isReplaced(by: weights) { logged = weights }
    }
    let rewards = try arguments.weights(logged)
    // A log that does not set them is all of a time in which what the snapshot says was so.
    let before = wereSet ? RewardWeights() : weights
    let past = model.map { LogPast(model: $0, policy: policy, weights: before) }
    let (target, described) = try target(past)
    let range = try arguments.range()
    var follower = LogFollower(
      ListJoin(target: target, rewards: range, positions: arguments.positions), past: past, rewards: rewards)
    let lost = try entries { follower.follow($0) }
    let (lists, counts) = try follower.join.finish()
    let comparison = arguments.comparison(resamples: resamples, seed: seed)
    let result = try comparison.run(lists, threads: threads)
    let worth = EventType.allCases.filter { $0 != .impression }.map { ("\($0)", rewards[$0]) }
    return Report(
      target: described,
      log: Report.Log(
        lost: lost, joined: counts, policies: follower.join.policies, models: follower.join.models,
        firstTime: follower.join.firstTime, lastTime: follower.join.lastTime, unmatched: follower.unmatched,
        withoutList: follower.withoutList),
      settings: Report.Settings(
        clip: comparison.clip.isFinite ? comparison.clip : nil, positions: comparison.positions,
        leastSamples: comparison.leastSamples, unsupported: comparison.tolerance, resamples: resamples, seed: seed,
        rewardRange: [range.lowerBound, range.upperBound], rewards: Dictionary(uniqueKeysWithValues: worth)),
      conclusion: result.conclusion, result: result)
  }

  private func target(_ past: LogPast?) throws -> (any ListTarget, Report.Target) {
    guard let model, let past else { return (UniformTarget(), Report.Target(policy: "random")) }
    let steps = try RankSteps(steps, model: model)
    let target = ModelTarget(model: model, policy: policy, steps: steps, time: arguments.time) {
      past.fill($0, userID: $1)
    }
    return (target, Report.Target(policy: policy.version, steps: steps.version, model: model.version))
  }
}
