import Kernels
import Testing

@testable import Ranking

@Suite("Placements")
struct PlacementsTests {
  private let rules: [BanditPolicy.Rule] = [
    .off, .epsilonGreedy(RewardTerm()), .ucb(BoundTerm()), .priorUCB(PriorTerm()), .thompson(PosteriorDraw()),
  ]

  @Test("what a reply says of its items is what is counted out, and each position sums to 1", arguments: 0..<6)
  func agreesWithReplies(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let desk = Desk(try ModelFixture.random(seed: seed).model(), seed: seed)
    var placements = Placements()
    for _ in 0..<40 {
      let ids = (0..<1 + generator.below(30)).map { UInt64($0) << 20 | 3 }.shuffled(using: &generator)
      var question = Question(user: 2, ids: ids, callers: ids.map { _ in Float(generator.uniform()) })
      question.limit = generator.below(ids.count + 3)
      desk.policy.epsilon = [0, 1, generator.uniform()][generator.below(3)]
      desk.policy.slot = 1 + generator.below(5)
      desk.policy.rule = rules[generator.below(rules.count)]
      for id in ids { desk.arms[id] = Arm(trials: UInt32(generator.below(9)), rewards: Float(generator.uniform())) }
      let answer = desk.rank(question)
      desk.score(question)
      question.withQuery {
        placements.order(
          $0, model: desk.model, policy: desk.policy, shown: answer.ids.count, scratch: desk.scratch)
      }
      let values = ids.map { _ in generator.uniform() }
      for (place, id) in answer.ids.enumerated() {
        let index = try #require(ids.firstIndex(of: id))
        #expect(placements.probability(of: index, at: place + 1) == answer.propensities[place])
        let all = ids.indices.map { placements.probability(of: $0, at: place + 1) }
        #expect(abs(all.reduce(0, +) - 1) < 1e-5)
        let mean = zip(all, values).reduce(0) { $0 + Double($1.0) * $1.1 }
        #expect(abs(mean - placements.mean(of: values, at: place + 1)) < 1e-6)
      }
    }
  }

  @Test("there is nothing beyond the candidates and the positions, and nothing of no candidates")
  func bounds() throws {
    let desk = Desk(try ModelFixture.random(seed: 3).model())
    var placements = Placements()
    #expect(placements.probability(of: 0, at: 1) == 0 && placements.mean(of: [], at: 1) == 0)
    let question = Question(user: 2, ids: [1, 2, 3])
    desk.score(question)
    question.withQuery {
      placements.order($0, model: desk.model, policy: desk.policy, shown: 9, scratch: desk.scratch)
    }
    #expect(placements.shown == 3 && placements.candidates == 3)
    for (index, position) in [(-1, 1), (3, 1), (0, 0), (0, 4)] {
      #expect(placements.probability(of: index, at: position) == 0, "\(index) \(position)")
    }
    #expect(placements.mean(of: [1, 1], at: 1) == 0 && placements.mean(of: [1, 1, 1], at: 4) == 0)
    let empty = Question(user: 2, ids: [])
    desk.score(empty)
    empty.withQuery { placements.order($0, model: desk.model, policy: desk.policy, shown: 2, scratch: desk.scratch) }
    #expect(placements.shown == 0 && placements.probability(of: 0, at: 1) == 0)
  }
}
