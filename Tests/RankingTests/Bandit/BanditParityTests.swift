import Kernels
import ParitySupport
import Testing

@testable import Ranking

/// The bandits against MABWiser's outputs for the same events.
@Suite struct BanditParityTests {
  /// `bandit/mabwiser.json`.
  struct Reference: Decodable {
    let decisions: [String]
    let rewards: [Double]
    let contexts: [[Double]]
    let ucb: [String: Double]
    let means: [String: Double]
    let thompson: [String: [Double]]
    let testContexts: [[Double]]
    let linUCB: [[String: Double]]
    let ridgeMeans: [[String: Double]]

    enum CodingKeys: String, CodingKey {
      case decisions, rewards, contexts
      case ucb = "ucb1_alpha1.25_expectations"
      case means = "greedy_means"
      case thompson = "ts_alpha_beta"
      case testContexts = "test_contexts"
      case linUCB = "linucb_alpha.7_l2.2"
      case ridgeMeans = "ridge_mean_l2.2"
    }

    /// The arms' names; an arm's number is its place here.
    var names: [String] { means.keys.sorted() }
    var arms: [Int] { decisions.map { names.firstIndex(of: $0) ?? -1 } }
  }

  private func reference(_ pack: ParityPack) throws -> Reference {
    try pack.json("bandit/mabwiser.json", as: Reference.self)
  }

  private func expectNear(_ values: [Double], _ expected: [String: Double], _ names: [String]) throws {
    #expect(values.count == names.count)
    for (value, name) in zip(values, names) { #expect(abs(value - (try #require(expected[name]))) <= 1e-9, "\(name)") }
  }

  @Test("UCB1 has MABWiser's bounds", arguments: ParityPack.having("bandit"))
  func upperConfidenceBound(pack: ParityPack) throws {
    let reference = try reference(pack)
    var bandit = try UpperConfidenceBound(arms: reference.names.count, alpha: 1.25)
    try bandit.update(arms: reference.arms, rewards: reference.rewards)
    try expectNear(bandit.expectations, reference.ucb, reference.names)
    let best = reference.names.max { reference.ucb[$0, default: 0] < reference.ucb[$1, default: 0] }
    #expect(reference.names[bandit.choose().arm] == best && bandit.choose().propensity == 1)
  }

  @Test("ε-greedy on means has MABWiser's means, and on sums the sums", arguments: ParityPack.having("bandit"))
  func greedy(pack: ParityPack) throws {
    let reference = try reference(pack)
    var means = try EpsilonGreedy(arms: reference.names.count, epsilon: 0.1, worth: .mean)
    var sums = try EpsilonGreedy(arms: reference.names.count, epsilon: 0.1, worth: .sum)
    for (arm, reward) in zip(reference.arms, reference.rewards) {
      try means.update(arm: arm, reward: reward)
      try sums.update(arm: arm, reward: reward)
    }
    try expectNear(means.expectations, reference.means, reference.names)
    for arm in reference.names.indices {
      let sum = zip(reference.arms, reference.rewards).reduce(0) { $0 + ($1.0 == arm ? $1.1 : 0) }
      #expect(sums.expectations[arm] == sum)
    }
  }

  @Test("Thompson sampling believes what MABWiser's does", arguments: ParityPack.having("bandit"))
  func thompson(pack: ParityPack) throws {
    let reference = try reference(pack)
    var bandit = try ThompsonSampling(arms: reference.names.count)
    try bandit.update(arms: reference.arms, rewards: reference.rewards)
    for (arm, name) in reference.names.enumerated() {
      #expect([bandit.alpha(arm), bandit.beta(arm)] == reference.thompson[name])
    }
  }

  @Test(
    "LinUCB has MABWiser's bounds and ridge means, in one batch or event by event",
    arguments: ParityPack.having("bandit"))
  func linUCB(pack: ParityPack) throws {
    let reference = try reference(pack)
    let features = try #require(reference.contexts.first?.count)
    var batch = try LinUCB(arms: reference.names.count, features: features, alpha: 0.7, regularisation: 2)
    var single = batch
    try batch.update(
      arms: reference.arms, contexts: reference.contexts.flatMap { $0 }, rewards: reference.rewards)
    for (row, arm) in reference.arms.enumerated() {
      try single.update(arm: arm, context: reference.contexts[row], reward: reference.rewards[row])
    }
    let tests = reference.testContexts.flatMap { $0 }
    #expect(try single.expectations(tests) == batch.expectations(tests))
    let bounds = try batch.expectations(tests)
    let means = try batch.means(tests)
    let arms = reference.names.count
    for row in reference.testContexts.indices {
      let places = row * arms..<(row + 1) * arms
      try expectNear(Array(bounds[places]), reference.linUCB[row], reference.names)
      try expectNear(Array(means[places]), reference.ridgeMeans[row], reference.names)
    }
  }
}
