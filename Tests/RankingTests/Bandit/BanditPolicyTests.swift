import Kernels
import Testing

@testable import Ranking

@Suite("The bandit's policy")
struct BanditPolicyTests {
  @Test("adds weight times rewards over trials and prior trials")
  func term() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let weight = Float(10 * generator.gaussian())
      let prior = 0.01 + 20 * Float(generator.uniform())
      let trials = 1 + UInt32(generator.below(1_000_000))
      let rewards = Float(Double(trials) * generator.gaussian())
      let term = BanditPolicy(weight: weight, priorTrials: prior).term(trials: trials, rewards: rewards)
      let exact = Double(weight) * Double(rewards) / (Double(trials) + Double(prior))
      #expect(abs(Double(term) - exact) <= 1e-6 * abs(exact))
    }
    #expect(BanditPolicy().term(trials: 10, rewards: 4) == 1)
  }

  @Test("adds nothing for a tweet that was never shown, nor for rewards that are not finite")
  func noEvidence() {
    let policy = BanditPolicy()
    #expect(policy.term(trials: 0, rewards: 5) == 0)
    #expect(policy.term(trials: 5, rewards: 0) == 0)
    for rewards: Float in [.nan, .infinity, -.infinity] { #expect(policy.term(trials: 5, rewards: rewards) == 0) }
  }

  @Test("draws a mean reward towards 0 the more, the fewer the trials")
  func shrinkage() {
    let policy = BanditPolicy(weight: 1)
    let terms = [1, 10, 100, 1000, 100_000].map { policy.term(trials: UInt32($0), rewards: Float($0) / 2) }
    #expect(terms == terms.sorted() && Set(terms).count == 5)
    #expect(terms.allSatisfy { $0 > 0 && $0 < 0.5 })
  }

  @Test("adds no more than a signal may contribute, so that no weight and no rewards make a score infinite")
  func F27_termsAreBounded() throws {
    let largest = Float.greatestFiniteMagnitude
    let cases: [(Float, Float, Float)] = [(largest, 50, 1e6), (-largest, 50, -1e6), (largest, -50, -1e6)]
    for (weight, rewards, expected) in cases {
      #expect(BanditPolicy(weight: weight).term(trials: 1, rewards: rewards) == expected)
    }
    #expect(BanditPolicy(weight: 5).term(trials: 1, rewards: largest) == 1e6)
    let fixture = ModelFixture.random(seed: 1)
    let desk = Desk(try fixture.model(), policy: BanditPolicy(weight: largest))
    for (row, id) in fixture.tweetIDs.enumerated() { desk.arms[id] = Arm(trials: 1, rewards: Float(row) - 20) }
    let answer = desk.rank(Question(user: 1, ids: fixture.tweetIDs, explains: true))
    #expect(answer.scores.allSatisfy { $0.isFinite })
    for (parts, score) in zip(answer.contributions, answer.scores) {
      #expect(parts.dropFirst().reduce(parts[0], +) == score)
    }
  }

  @Test("adds each candidate's own term to its own score, and keeps it for the explanation")
  func adjust() throws {
    let fixture = ModelFixture.random(seed: 3)
    let desk = Desk(try fixture.model())
    let question = Question(user: fixture.userIDs[0], ids: fixture.tweetIDs)
    desk.score(question)
    let before = (0..<40).map { desk.scratch.scores[$0] }
    for (number, id) in fixture.tweetIDs.enumerated() where number % 3 > 0 {
      desk.arms[id] = Arm(trials: UInt32(number % 5), rewards: Float(number) - 15)
    }
    desk.score(question)
    for (i, id) in fixture.tweetIDs.enumerated() {
      let arm = desk.arms[id] ?? Arm(trials: 0, rewards: 0)
      let term = desk.policy.term(trials: arm.trials, rewards: arm.rewards)
      #expect(desk.scratch.terms(of: .bandit)[i] == term)
      #expect(desk.scratch.scores[i] == before[i] + term)
    }
  }

  @Test("has a version that changes with every parameter")
  func version() {
    let policies = [
      BanditPolicy(), BanditPolicy(epsilon: 0.1), BanditPolicy(slot: 4), BanditPolicy(weight: 4),
      BanditPolicy(priorTrials: 11),
    ]
    #expect(Set(policies.map(\.version)).count == policies.count)
    #expect(BanditPolicy().version == BanditPolicy().version)
  }
}
