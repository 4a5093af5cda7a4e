import Foundation
import Kernels
import Testing

@testable import Ranking

/// What each rule adds to a score, against its formula in doubles.
@Suite("Terms of the bandit's rules")
struct BanditTermTests {
  /// One candidate before the bandit, and what it added.
  struct Case {
    let score: Double
    let trials: Double
    let rewards: Double
    let expected: Double
    let term: Double
  }

  /// Random arms under a rule; about a third has no feedback.
  static func cases(_ rule: BanditPolicy.Rule, seed: UInt64, count: Int = 200) throws -> [Case] {
    var generator = SeededGenerator(seed: seed)
    let fixture = ModelFixture.random(seed: seed, tweets: count)
    let desk = Desk(try fixture.model(), policy: BanditPolicy(.off, epsilon: 0))
    var question = Question(user: 2, ids: fixture.tweetIDs)
    question.callers = fixture.tweetIDs.map { _ in Float(12 * generator.uniform() - 8) }
    desk.score(question)
    let before = (0..<count).map { desk.scratch.scores[$0] }
    for id in fixture.tweetIDs where generator.below(3) > 0 {
      let trials = UInt32(exp(12 * generator.uniform()))
      let rewards = Float(Double(trials) * (0.6 * generator.uniform() - 0.1))
      // Of one in two it is known what was expected.
      let expected = generator.below(2) == 0 ? 0 : Float(Double(trials) * 0.4 * generator.uniform())
      desk.arms[id] = Arm(trials: trials, rewards: rewards, expected: expected)
    }
    desk.policy = BanditPolicy(rule, epsilon: 0)
    desk.score(question)
    return (0..<count).map { i in
      let arm = desk.arms[fixture.tweetIDs[i]] ?? Arm(trials: 0, rewards: 0)
      let term = desk.scratch.terms(of: .bandit)[i]
      #expect(desk.scratch.scores[i] == before[i] + term)
      #expect(desk.scratch.values(of: .bandit)[i] == (arm.trials == 0 ? 0 : arm.rewards / Float(arm.trials)))
      return Case(
        score: Double(before[i]), trials: Double(arm.trials), rewards: Double(arm.rewards),
        expected: Double(arm.expected), term: Double(term))
    }
  }

  private static func expect(_ cases: [Case], tolerance: Double, _ formula: (Case) -> Double) {
    for it in cases {
      let expected = it.trials == 0 ? 0 : formula(it)
      #expect(abs(it.term - expected) <= tolerance * max(1, abs(expected)), "\(it): \(expected)")
    }
  }

  @Test("ε-greedy adds the shrunk mean, or the sum, times the weight", arguments: 0..<3)
  func rewards(seed: UInt64) throws {
    let mean = RewardTerm(weight: 3, priorTrials: 7)
    Self.expect(try Self.cases(.epsilonGreedy(mean), seed: seed), tolerance: 1e-6) { 3 * $0.rewards / ($0.trials + 7) }
    let sum = RewardTerm(worth: .sum, weight: -2)
    Self.expect(try Self.cases(.epsilonGreedy(sum), seed: seed), tolerance: 1e-6) { -2 * $0.rewards }
  }

  @Test("UCB adds the mean and a bonus, less what an untried tweet has", arguments: 0..<3)
  func bound(seed: UInt64) throws {
    let cases = try Self.cases(.ucb(BoundTerm(bonus: 0.5, weight: 2, priorTrials: 4)), seed: seed)
    let total = cases.reduce(0) { $0 + $1.trials }
    func worth(_ trials: Double, _ rewards: Double) -> Double {
      rewards / (trials + 4) + 0.5 * (2 * log(1 + total) / (trials + 4)).squareRoot()
    }
    Self.expect(cases, tolerance: 1e-5) { 2 * (worth($0.trials, $0.rewards) - worth(0, 0)) }
  }

  @Test("prior-ucb makes the ranker's probability into that of a Beta posterior, in log odds", arguments: 0..<3)
  func prior(seed: UInt64) throws {
    let term = PriorTerm(priorTrials: 15, bonus: 0, engagementReward: 0.5)
    Self.expect(try Self.cases(.priorUCB(term), seed: seed), tolerance: 1e-5) { it in
      let p = 1 / (1 + exp(-it.score))
      let (engagements, prior) = (it.rewards / 0.5, 15.0)
      // As many trials of this probability as what was expected comes to.
      let trials = it.expected > 0 ? it.expected / p : it.trials
      if engagements < 0 {
        // The mirror image.
        return -log(1 - engagements / (prior * p)) - log(1 + (trials - engagements) / (prior * (1 - p)))
      }
      if engagements > trials { return log(1 + engagements / (prior * p)) }
      let estimate = (prior * p + engagements) / (prior + trials)
      return log(estimate / (1 - estimate)) - it.score
    }
  }

  @Test("prior-ucb's bonus is c·√(ln(1 + all trials)/(prior + trials)) less an untried tweet's")
  func priorBonus() throws {
    let plain = try Self.cases(.priorUCB(PriorTerm(priorTrials: 20, bonus: 0)), seed: 5)
    let optimistic = try Self.cases(.priorUCB(PriorTerm(priorTrials: 20, bonus: 2)), seed: 5)
    let total = plain.reduce(0) { $0 + $1.trials }
    for (a, b) in zip(plain, optimistic) {
      let bonus = { (trials: Double) in 2 * (log(1 + total) / (20 + trials)).squareRoot() }
      #expect(abs(b.term - a.term - (bonus(a.trials) - bonus(0))) < 1e-4)
    }
  }

  @Test("prior-ucb's term rises with rewards, falls with trials in vain, and one rejection does not bury a tweet")
  func direction() throws {
    let fixture = ModelFixture.random(seed: 4)
    let desk = Desk(try fixture.model(), policy: BanditPolicy(.priorUCB(PriorTerm(bonus: 0)), epsilon: 0))
    let id = fixture.tweetIDs[7]
    func term(_ trials: UInt32, _ rewards: Float, caller: Float = 0) -> Float {
      desk.arms = [id: Arm(trials: trials, rewards: rewards)]
      desk.score(Question(user: 1, ids: [id], callers: [caller]))
      return desk.scratch.terms(of: .bandit)[0]
    }
    for caller: Float in [-6, 0, 3] {
      let byRewards = [-50, -5, -0.5, 0, 0.4, 4, 40, 90].map { term(100, $0, caller: caller) }
      for (lower, higher) in zip(byRewards, byRewards.dropFirst()) { #expect(lower < higher) }
      let byTrials = [1, 10, 100, 10_000].map { term($0, 0, caller: caller) }
      for (fewer, more) in zip(byTrials, byTrials.dropFirst()) { #expect(0 > fewer && fewer > more) }
      let hidden = term(1, Float(EventType.hide.reward), caller: caller)
      #expect(hidden < term(1, 0, caller: caller) && hidden > -6)
    }
  }

  @Test("Sums lock in on what was shown most where means do not")
  func sumsLockIn() throws {
    let fixture = ModelFixture.random(seed: 9)
    let (often, good) = (fixture.tweetIDs[1], fixture.tweetIDs[2])
    for (rule, first) in [
      (BanditPolicy.Rule.epsilonGreedy(RewardTerm(worth: .sum)), often), (.epsilonGreedy(RewardTerm()), good),
      (.priorUCB(PriorTerm()), good),
    ] {
      let desk = Desk(try fixture.model(), policy: BanditPolicy(rule, epsilon: 0))
      desk.arms = [often: Arm(trials: 1000, rewards: 50), good: Arm(trials: 50, rewards: 25)]
      desk.score(Question(user: 1, ids: [often, good]))
      let terms = desk.scratch.terms(of: .bandit)
      #expect((terms[0] > terms[1]) == (first == often), "\(rule)")
    }
  }
}
