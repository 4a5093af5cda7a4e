import Foundation
import Kernels
import Testing

@testable import Ranking

/// LinUCB over all candidates: what it learns, and what it makes of it.
@Suite("The contextual policy")
struct ContextualTests {
  /// An event as the log keeps it.
  private struct Event {
    let features: [Int16]
    let type: EventType
    let isTrial: Bool
  }

  /// Items with random features; those with much of the last one are liked.
  private static func events(_ count: Int, seed: UInt64) -> [Event] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).flatMap { _ in
      let x = (0..<ContextualFeatures.count).map { $0 == 0 ? 256 : Int16(generator.below(256)) }
      var events = [Event(features: x, type: .impression, isTrial: true)]
      if x[7] > 128 { events.append(Event(features: x, type: .like, isTrial: false)) }
      if generator.below(5) == 0 { events.append(Event(features: x, type: .hide, isTrial: false)) }
      return events
    }
  }

  private static func state(_ events: some Sequence<Event>) -> ContextualState {
    var state = ContextualState()
    for it in events { state.apply(it.features[...], it.type, isTrial: it.isTrial) }
    return state
  }

  static func learned(_ term: ContextualTerm, seed: UInt64) -> ContextualScoring {
    ContextualScoring(state(events(500, seed: seed)), term)
  }

  @Test("what is learned does not depend on the order of events, nor on how they are shared out", arguments: 0..<3)
  func orderOfEvents(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let events = Self.events(200, seed: seed)
    let whole = Self.state(events)
    #expect(whole.trials == 200 && whole != ContextualState())
    #expect(Self.state(events.shuffled(using: &generator)) == whole)
    var merged = Self.state(events.dropFirst(77))
    merged.merge(Self.state(events.prefix(77)))
    #expect(merged == whole)
    #expect(ContextualState(numbers: whole.numbers) == whole)
    #expect(ContextualState(numbers: Array(whole.numbers.dropLast())) == nil)
    // Rows of other policies say nothing, and no number traps.
    var same = whole
    same.apply([], .like, isTrial: true)
    same.apply([3], .impression, isTrial: true)
    #expect(same == whole)
    var greatest = try #require(ContextualState(numbers: whole.numbers.map { _ in .max }))
    greatest.apply(Array(repeating: .min, count: ContextualFeatures.count)[...], .report, isTrial: true)
    greatest.merge(greatest)
    let scoring = ContextualScoring(greatest, ContextualTerm())
    #expect((scoring.coefficients + scoring.inverse).allSatisfy { $0.isFinite })
  }

  @Test("the bound is that of LinUCB, with ridge regression towards the estimate", arguments: 0..<3)
  func bound(seed: UInt64) throws {
    let term = ContextualTerm(bonus: 0.7, priorTrials: 5, engagementReward: 0.5)
    var weights = RewardWeights()
    try weights.set(.hide, to: -0.25)
    let events = Self.events(150, seed: seed)
    // Rewards less the estimate, learned towards 0: the same regression.
    var peer = try LinUCB(arms: 1, features: ContextualFeatures.count, alpha: 0.7, regularisation: 5)
    for trial in events.indices where events[trial].isTrial {
      let x = events[trial].features.map { Double($0) / 256 }
      let rewards = events[trial...].dropFirst().prefix { !$0.isTrial }.reduce(0) { $0 + weights[$1.type] / 0.5 }
      try peer.update(arm: 0, context: x, reward: rewards - x[ContextualFeatures.estimate])
    }
    let scoring = ContextualScoring(Self.state(events), term, rewards: weights)
    for event in events.prefix(40) {
      let x = event.features.map { Double($0) / 256 }
      let mean = zip(x, scoring.coefficients).reduce(0) { $0 + $1.0 * Double($1.1) }
      let expected = try peer.means(x)[0] + x[ContextualFeatures.estimate]
      #expect(abs(mean - expected) < 1e-4)
      let width = (0..<x.count).reduce(0.0) { sum, row in
        let v = (0...row).reduce(0.0) { $0 + x[$1] * Double(scoring.inverse[row * (row + 1) / 2 + $1]) }
        return sum + v * v
      }
      let bonus = try peer.expectations(x)[0] - peer.means(x)[0]
      #expect(abs(0.7 * width.squareRoot() - bonus) < 1e-4)
    }
  }

  @Test("the term is the log odds of the bound less those of the ranker's probability", arguments: 0..<3)
  func term(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let term = ContextualTerm(bonus: 0.2, priorTrials: 9)
    let scoring = Self.learned(term, seed: seed)
    let fixture = ModelFixture.random(seed: seed)
    let desk = Desk(try fixture.model(), policy: BanditPolicy(.linUCB(term), epsilon: 0))
    var question = Question(user: 2, ids: fixture.tweetIDs)
    question.callers = fixture.tweetIDs.map { _ in Float(8 * generator.uniform() - 6) }
    for id in fixture.tweetIDs where generator.below(2) == 0 {
      desk.arms[id] = Arm(trials: UInt32(generator.below(90)), rewards: Float(generator.below(20)))
    }
    desk.score(question)
    let before = (0..<40).map { Double(desk.scratch.scores[$0]) }
    #expect((0..<40).allSatisfy { desk.scratch.terms(of: .bandit)[$0] == 0 }, "nothing is learned yet")
    desk.learned = scoring
    desk.score(question)
    for i in 0..<40 {
      let p = 1 / (1 + exp(-before[i]))
      let arm = desk.arms[fixture.tweetIDs[i]] ?? Arm(trials: 0, rewards: 0)
      let engagements = arm.trials > 0 ? Double(arm.rewards) / 0.4 : 0
      let estimate = min(4, (9 * p + engagements) / (9 + Double(arm.trials)))
      let x = [1, before[i] / 8, p, estimate, log(1 + Double(arm.trials)) / 8, 0, 0, 0]
      for k in x.indices { #expect(abs(x[k] - Double(desk.scratch.bandit.feature(k)[i])) < 1e-5) }
      let mean = zip(x, scoring.coefficients).reduce(0) { $0 + $1.0 * Double($1.1) }
      let width = (0..<x.count).reduce(0.0) { sum, row in
        let v = (0...row).reduce(0.0) { $0 + x[$1] * Double(scoring.inverse[row * (row + 1) / 2 + $1]) }
        return sum + v * v
      }
      func logOdds(_ y: Double) -> Double {
        let held = min(0.98, max(0.02, y))
        return log(held / (1 - held)) + (y - held) / (0.02 * 0.98)
      }
      let expected = logOdds(min(3, max(-3, mean + 0.2 * width.squareRoot()))) - logOdds(p)
      let got = Double(desk.scratch.terms(of: .bandit)[i])
      #expect(abs(got - expected) < 1e-3 * max(1, abs(expected)), "\(got) \(expected)")
    }
  }

  @Test("the log gets the rows of what was shown, in the order shown: scores of rules with a prior, features of linucb")
  func logged() throws {
    let fixture = ModelFixture.random(seed: 6)
    for rule: BanditPolicy.Rule in [
      .linUCB(ContextualTerm()), .priorUCB(PriorTerm()), .thompson(PosteriorDraw()), .off, .ucb(BoundTerm()),
    ] {
      let desk = Desk(try fixture.model(), policy: BanditPolicy(rule, epsilon: 1, slot: 2))
      desk.arms[fixture.tweetIDs[3]] = Arm(trials: 40, rewards: 8)
      let question = Question(user: 2, ids: fixture.tweetIDs, limit: 6)
      let answer = desk.rank(question)
      let rows = desk.policy.loggedFeatures(desk.scratch, items: answer.ids.count)
      let width = rows.count / answer.ids.count
      switch rule {
      case .linUCB: #expect(width == ContextualFeatures.count)
      case .priorUCB, .thompson: #expect(width == 1)
      default: #expect(rows.isEmpty)
      }
      for (place, id) in answer.ids.enumerated() where width > 0 {
        let row = rows[place * width..<(place + 1) * width]
        let i = try #require(fixture.tweetIDs.firstIndex(of: id))
        let score = Double(desk.scratch.scores[i] - desk.scratch.terms(of: .bandit)[i])
        let logged = width == 1 ? Double(row[row.startIndex]) / 256 : Double(row[row.startIndex + 1]) / 32
        #expect(abs(logged - score) <= (width == 1 ? 0.0021 : 0.017))
        let units = Double(try #require(ExpectedEngagements.units(row)))
        #expect(abs(units / ExpectedEngagements.scale - 1 / (1 + exp(-logged))) < 1e-7)
      }
    }
    #expect(ExpectedEngagements.units([]) == nil && ExpectedEngagements.units([1, 2]) == nil)
    #expect(ContextualFeatures.logged(1e9) == 127 * 256 && ContextualFeatures.logged(-.infinity) == -127 * 256)
  }
}
