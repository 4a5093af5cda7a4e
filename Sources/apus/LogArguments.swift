import ArgumentParser
import Evaluation
import Ranking

/// What `evaluate` is told of a server's log, and of the policy that it asks about.
struct LogArguments: ParsableArguments {
  /// Who is asked about.
  enum Target: String, ExpressibleByArgument, CaseIterable {
    /// The model, with steps and a bandit.
    case model
    /// Chance.
    case random
  }

  @Option(
    help: ArgumentHelp(
      "State folder of a server, whose log is asked what another policy would earn.", valueName: "folder"))
  var log: String?

  @Option(help: "Who is asked about: the model, with its steps and bandit, or random order.")
  var target = Target.model

  @Option(
    help: ArgumentHelp(
      "What events are worth to the evaluation; the others what the log says last.", valueName: "type=reward,…"))
  var rewards: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What one item may earn at least and at most; more is held within.", valueName: "low,high"))
  var rewardRange = "-1,1"

  @Option(help: "Importance weights above this count as this; the default is no bound.")
  var clip = Double.infinity

  @Option(help: "Positions of each list that count, at most.")
  var positions = 10

  @Option(help: "Effective sample size below which a position says nothing.")
  var leastSamples = 100.0

  @Option(help: "Share of the target's probability where the log can say nothing, above which a position says nothing.")
  var unsupported = 0.01

  @Option(
    help: ArgumentHelp(
      "What counts as now for a list: log (when it was shown), model (the newest row of its training data) or Unix "
        + "seconds.", valueName: "log|model|time"))
  var now = "log"

  func validate() throws {
    guard clip > 0 else { throw ValidationError("--clip \(clip) is not above 0") }
    guard (1...LoggedLists.mostPositions).contains(positions) else {
      throw ValidationError("--positions \(positions) is not in 1 to \(LoggedLists.mostPositions)")
    }
    guard leastSamples >= 1 else { throw ValidationError("--least-samples \(leastSamples) is below 1") }
    guard (0..<1).contains(unsupported) else { throw ValidationError("--unsupported \(unsupported) is not in 0 to 1") }
    guard now == "log" || ServeCommand.now(now) != nil, now != "clock" else {
      throw ValidationError("--now \(now) is not log, model or a time in Unix seconds")
    }
    _ = try range()
    _ = try weights(RewardWeights())
  }

  /// The bounds of a reward.
  func range() throws -> ClosedRange<Double> {
    let parts = rewardRange.split(separator: ",").map { Double($0) }
    guard parts.count == 2, let low = parts[0], let high = parts[1], low.isFinite, high.isFinite, low < high,
      // What nobody did anything with earns 0.
      low <= 0, high >= 0
    else {
      throw ValidationError("--reward-range \(rewardRange) is not low,high with 0 within, such as 0,1")
    }
    return low...high
  }

  /// What events are worth, where `logged` is what the log says.
  func weights(_ logged: RewardWeights) throws -> RewardWeights {
    var weights = logged
    let given: [String: Double] = try NamedNumbers.parse(rewards, flag: "--rewards")
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let type = EventType.allCases.first(where: { "\($0)" == name }) else {
        throw ValidationError(
          "--rewards: there is no event type \(name); there are \(EventType.allCases.map { "\($0)" }.joined(separator: ", "))"
        )
      }
      do throws(BanditError) { try weights.set(type, to: value) } catch {
        throw ValidationError("--rewards: \(error)")
      }
    }
    return weights
  }

  /// Unix seconds for every list, 0: the model's; nil: its own.
  var time: Int64? {
    switch ServeCommand.now(now) {
    case .model: 0
    case .fixed(let seconds): seconds
    default: nil
    }
  }

  /// How estimates are made.
  func comparison(resamples: Int, seed: UInt64) -> ListComparison {
    var comparison = ListComparison()
    (comparison.clip, comparison.positions, comparison.resamples) = (clip, positions, resamples)
    (comparison.seed, comparison.leastSamples, comparison.tolerance) = (seed, leastSamples, unsupported)
    return comparison
  }
}
