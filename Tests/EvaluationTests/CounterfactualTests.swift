import Kernels
import ParitySupport
import Testing

@testable import Evaluation

/// Counterfactual estimators: against reference outputs, and against the truth where it is known.
@Suite struct CounterfactualTests {
  /// `bandit/ope.json`.
  struct Reference: Decodable {
    struct Replayed: Decodable {
      let matched: Int
      let mean_reward: Double
    }
    let actions: [Int]
    let rewards: [Double]
    let pscore: [Double]
    let pi_e: [[Double]]
    let q_hat: [[Double]]
    let ips: Double
    let clipped: Double
    let snips: Double
    let dm: Double
    let dr: Double
    let sndr: Double
    let switching: Double
    let shrunk: Double
    let ess: Double
    let replay: Replayed

    enum CodingKeys: String, CodingKey {
      case actions, rewards, pscore, pi_e, q_hat, ips, snips, dm, dr, sndr, ess
      case clipped = "ips_clip1.5"
      case switching = "switch_dr_tau1.5"
      case shrunk = "dros_lambda10"
      case replay = "replay_argmax_policy"
    }
  }

  @Test("Every estimator has the reference's value", arguments: ParityPack.having("bandit"))
  func parity(pack: ParityPack) throws {
    let reference = try pack.json("bandit/ope.json", as: Reference.self)
    let log = try LoggedFeedback(
      actions: reference.actions, rewards: reference.rewards, propensities: reference.pscore,
      target: reference.pi_e.flatMap { $0 }, actionCount: try #require(reference.pi_e.first?.count))
    let predictions = try RewardPredictions(reference.q_hat.flatMap { $0 }, for: log)
    func expect(_ estimate: PolicyEstimate, _ value: Double, _ size: Double = 0) {
      #expect(abs(estimate.value - value) <= 1e-9)
      if size > 0 { #expect(abs(estimate.effectiveSampleSize - size) <= 1e-9 * size) }
    }
    expect(try InverseProbability.plain.estimate(log), reference.ips, reference.ess)
    expect(try InverseProbability.clipped(bound: 1.5).estimate(log), reference.clipped)
    expect(try InverseProbability.selfNormalised.estimate(log), reference.snips, reference.ess)
    expect(try DoublyRobust.directMethod.estimate(log, predictions: predictions), reference.dm, Double(log.count))
    expect(try DoublyRobust.plain.estimate(log, predictions: predictions), reference.dr, reference.ess)
    expect(try DoublyRobust.selfNormalised.estimate(log, predictions: predictions), reference.sndr, reference.ess)
    expect(
      try DoublyRobust.switching(threshold: 1.5).estimate(log, predictions: predictions), reference.switching,
      reference.ess)
    expect(
      try DoublyRobust.shrunk(lambda: 10).estimate(log, predictions: predictions), reference.shrunk, reference.ess)
    let replay = try Replay(log)
    #expect(replay.matched == reference.replay.matched)
    expect(replay.estimate, reference.replay.mean_reward, Double(reference.replay.matched))
  }

  /// A log of a policy that takes action 0 with probability 0.2, 1 with 0.3 and 2 with 0.5, and earns `means`.
  private func simulated(rows: Int, target: [Double], seed: UInt64) throws -> LoggedFeedback {
    var random = SeededGenerator(seed: seed)
    let logging = [0.2, 0.3, 0.5]
    var actions: [Int] = []
    var rewards: [Double] = []
    for _ in 0..<rows {
      let drawn = random.uniform()
      let action = drawn < 0.2 ? 0 : drawn < 0.5 ? 1 : 2
      actions.append(action)
      rewards.append(random.uniform() < Self.means[action] ? 1 : 0)
    }
    return try LoggedFeedback(
      actions: actions, rewards: rewards, propensities: actions.map { logging[$0] },
      target: (0..<rows).flatMap { _ in target }, actionCount: 3)
  }
  private static let means = [0.8, 0.4, 0.1]

  @Test("Weighted and doubly robust estimates come near the truth, whatever the predictions say")
  func unbiased() throws {
    let target = [0.6, 0.3, 0.1]
    let truth = zip(target, Self.means).reduce(0) { $0 + $1.0 * $1.1 }
    let log = try simulated(rows: 20_000, target: target, seed: 31)
    let wrong = try RewardPredictions([Double](repeating: 0.9, count: log.count * 3), for: log)
    for estimate in [
      try InverseProbability.plain.estimate(log), try InverseProbability.selfNormalised.estimate(log),
      try DoublyRobust.plain.estimate(log, predictions: wrong),
      try DoublyRobust.selfNormalised.estimate(log, predictions: wrong),
    ] {
      #expect(abs(estimate.value - truth) < 0.03)
      #expect(estimate.effectiveSampleSize > 1000 && estimate.effectiveSampleSize < 20_000)
    }
    #expect(abs(try DoublyRobust.directMethod.estimate(log, predictions: wrong).value - 0.9) < 1e-9)
  }

  @Test("A target equal to the logging policy has the log's mean reward and all its rows")
  func samePolicy() throws {
    let log = try simulated(rows: 500, target: [0.2, 0.3, 0.5], seed: 32)
    let mean = log.rewards.reduce(0, +) / 500
    let nothing = try RewardPredictions([Double](repeating: 0, count: 1500), for: log)
    for estimate in [
      try InverseProbability.plain.estimate(log), try InverseProbability.clipped(bound: 1).estimate(log),
      try InverseProbability.selfNormalised.estimate(log),
      try DoublyRobust.plain.estimate(log, predictions: nothing),
      try DoublyRobust.switching(threshold: 1).estimate(log, predictions: nothing),
      try DoublyRobust.shrunk(lambda: 1e12).estimate(log, predictions: nothing),
    ] {
      #expect(abs(estimate.value - mean) < 1e-9)
      #expect(abs(estimate.effectiveSampleSize - 500) < 1e-6)
    }
  }

  @Test("Switching at 0, or shrinking to 0, leaves the direct method")
  func limits() throws {
    let log = try simulated(rows: 100, target: [0.5, 0.5, 0], seed: 33)
    let predictions = try RewardPredictions((0..<300).map { Double($0 % 7) / 7 }, for: log)
    let direct = try DoublyRobust.directMethod.estimate(log, predictions: predictions).value
    #expect(try DoublyRobust.switching(threshold: 0).estimate(log, predictions: predictions).value == direct)
    #expect(try DoublyRobust.shrunk(lambda: 0).estimate(log, predictions: predictions).value == direct)
    let plain = try DoublyRobust.plain.estimate(log, predictions: predictions).value
    #expect(
      try DoublyRobust.switching(threshold: .infinity).estimate(log, predictions: predictions).value == plain)
  }

  private func log(
    actions: [Int] = [0, 1], rewards: [Double] = [1, 0], propensities: [Double] = [0.5, 0.5],
    target: [Double] = [0.5, 0.5, 0.5, 0.5], actionCount: Int = 2
  ) throws -> LoggedFeedback {
    try LoggedFeedback(
      actions: actions, rewards: rewards, propensities: propensities, target: target, actionCount: actionCount)
  }

  @Test("A log that cannot be is refused, with the row")
  func refusesLogs() throws {
    #expect(throws: CounterfactualError.empty) {
      _ = try log(actions: [], rewards: [], propensities: [], target: [])
    }
    for bad in [0, -0.25, 1.5, Double.infinity] {
      #expect(throws: CounterfactualError.badPropensity(bad, row: 1)) { _ = try log(propensities: [0.5, bad]) }
    }
    #expect(throws: CounterfactualError.self) { _ = try log(propensities: [.nan, 0.5]) }
    for bad in [Double.nan, .infinity] {
      #expect(throws: CounterfactualError.self) { _ = try log(rewards: [bad, 0]) }
      #expect(throws: CounterfactualError.self) { _ = try log(target: [bad, 0.5, 0.5, 0.5]) }
      #expect(throws: CounterfactualError.self) { _ = try RewardPredictions([bad, 0, 0, 0], for: log()) }
    }
    #expect(throws: CounterfactualError.badAction(2, actions: 2, row: 0)) { _ = try log(actions: [2, 1]) }
    #expect(throws: CounterfactualError.badAction(-1, actions: 2, row: 1)) { _ = try log(actions: [0, -1]) }
    #expect(throws: CounterfactualError.badDistribution(value: 0.75, row: 1, reason: "the row's sum is not 1")) {
      _ = try log(target: [0.5, 0.5, 0.5, 0.25])
    }
    #expect(throws: CounterfactualError.badDistribution(value: -0.5, row: 0, reason: "not in 0 to 1")) {
      _ = try log(target: [1.5, -0.5, 0.5, 0.5].sorted())
    }
    #expect(throws: CounterfactualError.lengthMismatch(name: "rewards", count: 1, expected: 2)) {
      _ = try log(rewards: [1])
    }
    #expect(throws: CounterfactualError.self) { _ = try log(actionCount: 0) }
    #expect(throws: CounterfactualError.self) { _ = try log(actionCount: .max) }
    #expect(throws: CounterfactualError.lengthMismatch(name: "predictions", count: 3, expected: 4)) {
      _ = try RewardPredictions([1, 2, 3], for: log())
    }
  }

  @Test("Where the log does not show what the target does, the estimate is refused, or rests on predictions")
  func missingSupport() throws {
    let log = try log(actions: [0, 0], target: [0.5, 0.5, 0.75, 0.25])
    #expect(throws: CounterfactualError.missingSupport(action: 1, mass: 0.375)) {
      try InverseProbability.plain.estimate(log)
    }
    #expect(try InverseProbability.plain.estimate(log, supportTolerance: 0.4).value == 0.5)
    let predictions = try RewardPredictions([1, 0, 1, 0], for: log)
    #expect(try DoublyRobust.directMethod.estimate(log, predictions: predictions).value == 0.625)
    #expect(try DoublyRobust.plain.estimate(log, predictions: predictions).value.isFinite)

    let apart = try self.log(actions: [0, 0], target: [0, 1, 0, 1])
    #expect(throws: CounterfactualError.noOverlap(rows: 2)) { try InverseProbability.selfNormalised.estimate(apart) }
    #expect(throws: CounterfactualError.noOverlap(rows: 2)) { _ = try Replay(apart) }
    let other = try RewardPredictions([0, 1, 0, 1], for: apart)
    #expect(throws: CounterfactualError.noOverlap(rows: 2)) {
      try DoublyRobust.selfNormalised.estimate(apart, predictions: other)
    }
    #expect(try DoublyRobust.directMethod.estimate(apart, predictions: other).value == 1)
  }

  @Test("Parameters and tiny propensities outside what can be computed are named")
  func refusesParameters() throws {
    let log = try log()
    let predictions = try RewardPredictions([0, 0, 0, 0], for: log)
    for bad in [0, -1, Double.nan] {
      #expect(throws: CounterfactualError.self) { try InverseProbability.clipped(bound: bad).estimate(log) }
    }
    for bad in [-1, Double.nan] {
      #expect(throws: CounterfactualError.self) {
        try DoublyRobust.switching(threshold: bad).estimate(log, predictions: predictions)
      }
      #expect(throws: CounterfactualError.self) {
        try DoublyRobust.shrunk(lambda: bad).estimate(log, predictions: predictions)
      }
    }
    let tiny = try self.log(propensities: [.leastNonzeroMagnitude, 0.5])
    #expect(throws: CounterfactualError.badPropensity(.leastNonzeroMagnitude, row: 0)) {
      try InverseProbability.plain.estimate(tiny)
    }
    let small = try self.log(propensities: [1e-300, 1e-300])
    #expect(try InverseProbability.plain.estimate(small).effectiveSampleSize == 2)
    #expect(throws: CounterfactualError.lengthMismatch(name: "choices", count: 1, expected: 2)) {
      _ = try Replay(log, choices: [0])
    }
    #expect(try Replay(log, choices: [0, 0]) == Replay(log, choices: [0, 5]))
  }
}
