import Kernels
import Testing

@testable import Ranking

@Suite("Caller scores")
struct CallerScoreTests {
  @Test("are clamped where they are large, 0 where they are not finite, and the latter are counted")
  func F27_valuesAreClampedOrReplaced() throws {
    let desk = Desk(try ModelFixture.random(seed: 1).model())
    let tiny = Float.leastNonzeroMagnitude
    let given: [Float] = [
      .nan, .infinity, -.infinity, 1e38, -1e38, tiny, -tiny, 0, 10, -10, 10.000001, .signalingNaN, 3,
    ]
    let expected: [Float] = [0, 0, 0, 10, -10, tiny, -tiny, 0, 10, -10, 10, 0, 3]
    let ids = given.indices.map { UInt64($0) << 40 | 1 }
    let columns = desk.rank(Question(user: 1, ids: ids, callers: given))
    #expect(desk.values(of: .caller) == expected && columns.valuesReplaced == 4)
    let news = zip(ids, given).map { NewText(id: $0, caller: $1, text: "") }
    let texts = desk.rank(Question(user: 1, news: news))
    #expect(desk.values(of: .caller) == expected && texts.valuesReplaced == 4)
    let none = desk.rank(Question(user: 1, ids: ids))
    #expect(desk.values(of: .caller).allSatisfy { $0 == 0 } && none.valuesReplaced == 0)
  }

  @Test("whatever their bits, the answer is a permutation of the distinct candidates and finite", arguments: 0..<10)
  func F27_anyBitsGiveATotalOrder(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let fixture = ModelFixture.random(seed: seed)
    let desk = Desk(try fixture.model(), policy: BanditPolicy(epsilon: seed % 2 == 0 ? 0 : 0.7), seed: seed)
    for _ in 0..<15 {
      var question = SignalTests.question(fixture, user: fixture.userIDs[3], using: &generator)
      func anyFloat() -> Float {
        let special: [Float] = [.nan, .infinity, -.infinity, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
        return generator.below(3) == 0
          ? special[generator.below(6)] : Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      }
      question.callers = question.callers.map { _ in anyFloat() }
      for i in question.news.indices { question.news[i].caller = anyFloat() }
      question.explains = true
      let answer = desk.rank(question)
      #expect(answer.ids.sorted() == question.distinctIDs.sorted())
      #expect(answer.scores.allSatisfy { $0.isFinite })
      #expect((answer.values + answer.contributions).joined().allSatisfy { $0.isFinite })
      #expect(answer.propensities.allSatisfy { $0 > 0 && $0 <= 1 })
      if desk.policy.epsilon == 0 {
        for (a, b) in zip(answer.scores.indices, answer.scores.indices.dropFirst()) {
          let isTie = answer.scores[a] == answer.scores[b]
          #expect(isTie ? answer.ids[a] < answer.ids[b] : answer.scores[a] > answer.scores[b])
        }
      }
    }
  }
}
