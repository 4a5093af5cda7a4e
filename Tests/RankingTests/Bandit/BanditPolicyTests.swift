import Kernels
import Testing

@testable import Ranking

@Suite("The bandit's policy")
struct BanditPolicyTests {
  /// Rules that do not draw.
  static let rules: [BanditPolicy.Rule] = [
    .off, .epsilonGreedy(RewardTerm()), .epsilonGreedy(RewardTerm(worth: .sum)), .ucb(BoundTerm()),
    .priorUCB(PriorTerm()), .linUCB(ContextualTerm()),
  ]

  @Test("leaves the order, and every score, to the ranker where there is no feedback", arguments: rules)
  func noEvidence(rule: BanditPolicy.Rule) throws {
    let fixture = ModelFixture.random(seed: 3)
    let desk = Desk(try fixture.model(), policy: BanditPolicy(rule, epsilon: 0))
    var question = Question(user: fixture.userIDs[0], ids: fixture.tweetIDs, explains: true)
    let without = Desk(desk.model, policy: BanditPolicy(.off, epsilon: 0)).rank(question)
    #expect(desk.rank(question) == without)
    // Rewards without a trial, and rewards that are no numbers, are no feedback either.
    for (number, id) in fixture.tweetIDs.enumerated() {
      desk.arms[id] = Arm(trials: number % 2 == 0 ? 0 : 7, rewards: [5, .nan, 3, .infinity][number % 4])
    }
    #expect(desk.rank(question) == without)
    // Nor does the feedback of one tweet change another's score.
    desk.arms = [fixture.tweetIDs[0]: Arm(trials: 50, rewards: 8)]
    question.limit = 0
    let answer = desk.rank(question)
    for (place, id) in answer.ids.enumerated() where id != fixture.tweetIDs[0] {
      let before = try #require(without.ids.firstIndex(of: id))
      #expect(answer.scores[place] == without.scores[before] && answer.contributions[place].last == 0)
    }
  }

  @Test(
    "explains any score, whatever the arms and parameters, and keeps it finite",
    arguments: rules + [.thompson(PosteriorDraw())])
  func F27_termsAreBounded(rule: BanditPolicy.Rule) throws {
    let largest = Float.greatestFiniteMagnitude
    let fixture = ModelFixture.random(seed: 1)
    let desk = Desk(try fixture.model(), policy: BanditPolicy(rule, epsilon: 0))
    if case .linUCB(let term) = rule { desk.learned = ContextualTests.learned(term, seed: 3) }
    let rewards: [Float] = [largest, -largest, 1e-37, 1e9, -1e9, 3, -3]
    let trials: [UInt32] = [1, .max, 1000]
    for (row, id) in fixture.tweetIDs.enumerated() {
      desk.arms[id] = Arm(trials: trials[row % 3], rewards: rewards[row % 7])
    }
    let answer = desk.rank(Question(user: 1, ids: fixture.tweetIDs, explains: true))
    #expect(answer.scores.allSatisfy { $0.isFinite })
    for (parts, score) in zip(answer.contributions, answer.scores) {
      #expect(parts.allSatisfy { $0.magnitude <= 1e6 })
      #expect(parts.dropFirst().reduce(parts[0], +) == score)
    }
  }

  @Test("has a version that names every parameter and changes with each")
  func version() {
    let policies = [
      BanditPolicy(), BanditPolicy(epsilon: 0.1), BanditPolicy(slot: 4), BanditPolicy(.off),
      BanditPolicy(.epsilonGreedy(RewardTerm())), BanditPolicy(.epsilonGreedy(RewardTerm(worth: .sum))),
      BanditPolicy(.epsilonGreedy(RewardTerm(weight: 4))),
      BanditPolicy(.epsilonGreedy(RewardTerm(priorTrials: 9))),
      BanditPolicy(.ucb(BoundTerm())), BanditPolicy(.ucb(BoundTerm(bonus: 2))),
      BanditPolicy(.ucb(BoundTerm(weight: 2))), BanditPolicy(.ucb(BoundTerm(priorTrials: 2))),
      BanditPolicy(.priorUCB(PriorTerm(priorTrials: 2))),
      BanditPolicy(.thompson(PosteriorDraw())), BanditPolicy(.thompson(PosteriorDraw(priorTrials: 2))),
      BanditPolicy(.thompson(PosteriorDraw(engagementReward: 2))), BanditPolicy(.linUCB(ContextualTerm())),
      BanditPolicy(.linUCB(ContextualTerm(bonus: 2))), BanditPolicy(.linUCB(ContextualTerm(priorTrials: 2))),
      BanditPolicy(.linUCB(ContextualTerm(engagementReward: 2))),
      BanditPolicy(.priorUCB(PriorTerm(bonus: 2))), BanditPolicy(.priorUCB(PriorTerm(engagementReward: 2))),
    ]
    #expect(Set(policies.map(\.version)).count == policies.count)
    #expect(BanditPolicy(.off, epsilon: 0).version == "off/epsilon=0.0,slot=3")
    #expect(
      BanditPolicy(.epsilonGreedy(RewardTerm())).version
        == "epsilon-greedy-mean/epsilon=0.05,slot=3,weight=5.0,prior=10.0")
  }

  @Test("refuses parameters out of range, and says which")
  func ranges() {
    let bad: [(BanditPolicy.Rule, String)] = [
      (.epsilonGreedy(RewardTerm(weight: .infinity)), "weight"), (.epsilonGreedy(RewardTerm(priorTrials: 0)), "prior"),
      (.ucb(BoundTerm(bonus: -1)), "bonus"), (.ucb(BoundTerm(weight: .nan)), "weight"),
      (.ucb(BoundTerm(priorTrials: 1e9)), "prior"), (.priorUCB(PriorTerm(priorTrials: .nan)), "prior"),
      (.priorUCB(PriorTerm(bonus: 101)), "bonus"), (.priorUCB(PriorTerm(engagementReward: 0)), "unit"),
      (.thompson(PosteriorDraw(priorTrials: -1)), "prior"), (.thompson(PosteriorDraw(engagementReward: .nan)), "unit"),
      (.linUCB(ContextualTerm(bonus: .infinity)), "bonus"), (.linUCB(ContextualTerm(priorTrials: 0)), "prior"),
    ]
    for (rule, name) in bad {
      #expect { try rule.check() } throws: { error in
        guard case .badParameter(name, _, _)? = error as? BanditError else { return false }
        return true
      }
    }
    for rule in Self.rules { #expect(throws: Never.self) { try rule.check() } }
    var policy = BanditPolicy()
    policy.epsilon = 1.5
    #expect(throws: BanditError.self) { try policy.check() }
    (policy.epsilon, policy.slot) = (1, 0)
    #expect(throws: BanditError.self) { try policy.check() }
  }
}
