import Kernels
import Testing

@testable import Ranking

@Suite("Exploration")
struct ExplorationTests {
  private static let epsilons = [0, 0.05, 0.5, 0.9, 1]

  @Test("propensities are those of counting out every choice, and sum to 1 at each position", arguments: epsilons)
  func matchesEnumeration(epsilon: Double) {
    for candidates in 1...8 {
      for shown in 1...candidates {
        for slot in 1...9 {
          let plain = PlainExploration(candidates: candidates, shown: shown, slot: slot, epsilon: epsilon).table
          let exploration = Exploration(
            policy: BanditPolicy(.off, epsilon: epsilon, slot: slot), candidates: candidates, shown: shown)
          let table = (1...candidates).map { rank in
            (1...shown).map { exploration.propensity(rank: rank, position: $0) }
          }
          for (row, expected) in zip(table, plain) {
            #expect(zip(row, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(candidates) \(shown) \(slot)")
            // A tweet is shown once, and surely where all are shown.
            let sum = row.reduce(0, +)
            #expect(shown == candidates ? abs(sum - 1) < 1e-12 : sum < 1 + 1e-12)
          }
          for place in 0..<shown {
            #expect(abs(table.reduce(0) { $0 + $1[place] } - 1) < 1e-12)
          }
        }
      }
    }
  }

  @Test("the same where the rule itself draws among some candidates", arguments: epsilons)
  func matchesEnumerationOfDraws(epsilon: Double) {
    var generator = SeededGenerator(seed: 7)
    for candidates in 1...7 {
      for shown in 1...candidates {
        for slot in 1...shown {
          var weights = (slot...min(candidates, slot + 3)).map { _ in Double(generator.below(4)) * 1e-3 }
          weights[generator.below(weights.count)] = 1
          let shares = weights.map { $0 / weights.reduce(0, +) }
          let plain = PlainExploration(
            candidates: candidates, shown: shown, slot: slot, epsilon: epsilon, shares: shares
          ).table
          var tails = weights
          weights.withUnsafeMutableBufferPointer { weights in
            tails.withUnsafeMutableBufferPointer { tails in
              let exploration = Exploration(
                policy: BanditPolicy(.off, epsilon: epsilon, slot: slot), candidates: candidates, shown: shown,
                shares: SlotShares(weights: weights, tails: tails))
              for rank in 1...candidates {
                for position in 1...shown {
                  let expected = plain[rank - 1][position - 1]
                  #expect(abs(exploration.propensity(rank: rank, position: position) - expected) < 1e-12)
                }
              }
            }
          }
        }
      }
    }
  }

  /// A desk with `count` scored candidates, and their ids in greedy order.
  private static func scored(_ count: Int, _ policy: BanditPolicy, seed: UInt64) throws -> (Desk, Question, [UInt64]) {
    let desk = Desk(try ModelFixture.random(seed: seed).model(), policy: policy, seed: seed)
    var generator = SeededGenerator(seed: seed)
    let ids = (0..<count).map { UInt64($0) << 20 | 3 }.shuffled(using: &generator)
    let question = Question(user: 2, ids: ids, callers: ids.map { -Float($0 >> 20) / 8 })
    desk.score(question)
    return (desk, question, ids.sorted())
  }

  @Test("propensities of random calls lie in (0, 1] and are those of the formula", arguments: 0..<4)
  func randomCalls(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = 1 + generator.below(200)
    var (desk, question, greedy) = try Self.scored(count, BanditPolicy(.off), seed: seed)
    for _ in 0..<100 {
      desk.policy.epsilon = [0, 1, generator.uniform()][generator.below(3)]
      desk.policy.slot = 1 + generator.below(generator.below(2) == 0 ? 5 : 250)
      question.limit = generator.below(count + 20)
      let answer = desk.order(question)
      let shown = question.limit == 0 ? count : min(count, question.limit)
      #expect(answer.ids.count == shown && Set(answer.ids).count == shown)
      let exploration = Exploration(policy: desk.policy, candidates: count, shown: shown)
      for (place, id) in answer.ids.enumerated() {
        let rank = try #require(greedy.firstIndex(of: id)) + 1
        let propensity = answer.propensities[place]
        #expect(propensity > 0 && propensity <= 1)
        #expect(propensity == Float(exploration.propensity(rank: rank, position: place + 1)))
      }
    }
  }

  @Test("with ε = 0 nothing departs from the scores, with ε = 1 the slot is even over all below")
  func extremes() throws {
    var (desk, question, greedy) = try Self.scored(5, BanditPolicy(.off, epsilon: 0, slot: 2), seed: 9)
    for _ in 0..<200 {
      let answer = desk.order(question)
      #expect(answer.ids == greedy && answer.exploredPosition == 0 && answer.propensities.allSatisfy { $0 == 1 })
    }
    desk.policy.epsilon = 1
    question.limit = 2
    var chosen: [UInt64: Int] = [:]
    for _ in 0..<2000 {
      let answer = desk.order(question)
      #expect(answer.propensities == [1, 0.25])
      chosen[answer.ids[1], default: 0] += 1
    }
    #expect(chosen.count == 4 && chosen.values.allSatisfy { (400...600).contains($0) })
  }

  @Test("a call takes two draws from the generator whatever comes of it")
  func drawsStayInStep() throws {
    for count in [0, 1, 2, 9] {
      var (desk, question, _) = try Self.scored(count, BanditPolicy(), seed: 4)
      for (number, (epsilon, slot, limit)) in [
        (0.0, 3, 0), (1.0, 1, 1), (1.0, 3, 4), (0.5, 99, 99), (0.5, 2, 2), (0, 1, 0),
      ].enumerated() {
        desk.policy = BanditPolicy(number % 2 == 0 ? .off : .thompson(PosteriorDraw()), epsilon: epsilon, slot: slot)
        question.limit = limit
        for _ in 0..<20 {
          var twice = desk.generator
          _ = (twice.uniform(), twice.uniform())
          _ = desk.order(question)
          var after = desk.generator
          let (got, expected) = (after.next(), twice.next())
          #expect(got == expected)
        }
      }
    }
  }
}
