import Kernels
import Testing

@testable import Ranking

/// The bandits without context: choices, their probabilities, and what they refuse.
@Suite struct ArmBanditTests {
  @Test("ε-greedy chooses each arm as often as its propensity says", arguments: [0, 0.3, 1])
  func epsilonGreedyPropensities(epsilon: Double) throws {
    var bandit = try EpsilonGreedy(arms: 4, epsilon: epsilon, worth: .mean)
    try bandit.update(arms: [0, 1, 2, 2], rewards: [0.1, 0.5, 0.5, 0.5])
    var random = SeededGenerator(seed: 1)
    var counts = [Double](repeating: 0, count: 4)
    var propensities = counts
    let draws = 40_000.0
    for _ in 0..<Int(draws) {
      let choice = bandit.choose(using: &random)
      counts[choice.arm] += 1
      propensities[choice.arm] = choice.propensity
    }
    #expect(propensities[1] == epsilon / 4 + (1 - epsilon), "of equal arms the first is greedy")
    for arm in 0..<4 { #expect(abs(counts[arm] / draws - propensities[arm]) < 0.01) }
    #expect(abs(propensities.reduce(0, +) - 1) < 1e-12)
  }

  @Test("On sums a much shown arm wins, on means the better one")
  func sumsAndMeansDiffer() throws {
    let arms = [Int](repeating: 0, count: 10) + [1, 1]
    let rewards = [Double](repeating: 0.3, count: 10) + [1, 1]
    for (worth, best) in [(EpsilonGreedy.Worth.sum, 0), (.mean, 1)] {
      var bandit = try EpsilonGreedy(arms: 3, epsilon: 0, worth: worth)
      try bandit.update(arms: arms, rewards: rewards)
      var random = SeededGenerator(seed: 2)
      #expect(bandit.choose(using: &random) == ArmChoice(arm: best, propensity: 1))
    }
  }

  @Test("UCB1 tries each arm once, then weighs trials against means; as MABWiser, untried arms may count 0")
  func upperConfidenceBound() throws {
    var bandit = try UpperConfidenceBound(arms: 3)
    var order: [Int] = []
    for _ in 0..<3 {
      let arm = bandit.choose().arm
      order.append(arm)
      try bandit.update(arm: arm, reward: arm == 1 ? 1 : 0)
    }
    #expect(order == [0, 1, 2])
    #expect(bandit.choose().arm == 1)
    var peer = try UpperConfidenceBound(arms: 2, alpha: 2, untried: 0)
    #expect(peer.expectations == [0, 0])
    try peer.update(arm: 0, reward: 0.25)
    #expect(peer.expectations == [0.25, 0])
  }

  @Test("Thompson sampling draws from Beta(1 + successes, 1 + failures), and settles on the better arm")
  func thompson() throws {
    var bandit = try ThompsonSampling(arms: 2)
    try bandit.update(arms: [0, 0, 0, 1, 1, 1, 1, 1], rewards: [1, 0, 0, 1, 1, 1, 1, 0])
    var random = SeededGenerator(seed: 3)
    var sums = [0.0, 0.0]
    var squares = [0.0, 0.0]
    let draws = 20_000
    for _ in 0..<draws {
      for (arm, value) in bandit.sample(using: &random).enumerated() {
        #expect((0...1).contains(value))
        sums[arm] += value
        squares[arm] += value * value
      }
    }
    for arm in 0..<2 {
      let (a, b) = (bandit.alpha(arm), bandit.beta(arm))
      let mean = sums[arm] / Double(draws)
      let variance = squares[arm] / Double(draws) - mean * mean
      #expect(abs(mean - a / (a + b)) < 0.005)
      #expect(abs(variance - a * b / ((a + b) * (a + b) * (a + b + 1))) < 0.002)
    }
    try bandit.update(
      arms: [Int](repeating: 1, count: 1000), rewards: [Double](repeating: 1, count: 1000))
    #expect((0..<100).allSatisfy { _ in bandit.choose(using: &random) == 1 })
  }

  @Test("A batch with an error teaches nothing, and the error names the row")
  func refusesBatches() throws {
    var arms = try ArmStatistics(arms: 2)
    try arms.update(arm: 0, reward: 1)
    let before = arms
    #expect(throws: BanditError.armOutOfRange(arm: 2, arms: 2, row: 1)) {
      try arms.update(arms: [0, 2], rewards: [1, 1])
    }
    #expect(throws: BanditError.lengthMismatch(name: "rewards", count: 1, expected: 2)) {
      try arms.update(arms: [0, 1], rewards: [1])
    }
    for reward in [Double.nan, .infinity, -.infinity, 1e200] {
      #expect(throws: BanditError.self) { try arms.update(arms: [1, 0], rewards: [1, reward]) }
      #expect(throws: BanditError.self) { try arms.update(arm: 1, reward: reward) }
    }
    #expect(throws: BanditError.self) { try arms.update(arm: -1, reward: 1) }
    #expect(arms == before)
    var thompson = try ThompsonSampling(arms: 1)
    #expect(throws: BanditError.badReward(value: 0.5, row: 1, reason: "neither 0 nor 1")) {
      try thompson.update(arms: [0, 0], rewards: [1, 0.5])
    }
    #expect(thompson.alpha(0) == 1)
  }

  @Test("Parameters outside their ranges are errors")
  func refusesParameters() {
    for count in [0, -1] {
      #expect(throws: BanditError.noArms(count: count)) { _ = try ArmStatistics(arms: count) }
    }
    for epsilon in [-0.1, 1.1, .nan] {
      #expect(throws: BanditError.self) { _ = try EpsilonGreedy(arms: 1, epsilon: epsilon, worth: .sum) }
    }
    for alpha in [-1, Double.nan, .infinity] {
      #expect(throws: BanditError.self) { _ = try UpperConfidenceBound(arms: 1, alpha: alpha) }
    }
    #expect("\(BanditError.armOutOfRange(arm: 7, arms: 2, row: 3))" == "row 3: arm 7 is not in 0 ..< 2")
  }
}
