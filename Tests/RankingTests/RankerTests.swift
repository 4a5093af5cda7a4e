import Kernels
import Testing

@testable import Ranking

@Suite("The ranked answer")
struct RankerTests {
  @Test("is the beginning of a full sort by score, ties by smaller id, for any limit", arguments: 0..<4)
  func order(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let desk = Desk(try ModelFixture.random(seed: seed).model(), seed: seed)
    for count in [0, 1, 2, 30, 200] {
      let levels = 1 + generator.below(count + 1)
      let ids = (0..<count).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 ^ 5 }
      var question = Question(user: 2, ids: ids)
      question.callers = ids.map { _ in Float(generator.below(levels)) / Float(levels) }
      desk.score(question)
      let scores = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, desk.scratch.scores[$0]) })
      let sorted = ids.sorted { a, b in
        let (x, y) = (scores[a] ?? 0, scores[b] ?? 0)
        return x != y ? x > y : a < b
      }
      for limit in [-1, 0, 1, 2, count / 2, count - 1, count, count + 1, .max] {
        question.limit = limit
        let answer = desk.order(question)
        #expect(answer.ids == (limit > 0 ? Array(sorted.prefix(limit)) : sorted))
        #expect(answer.scores == answer.ids.map { scores[$0] })
      }
    }
  }

  @Test("explains each score by columns that sum to it from left to right, the bandit's last", arguments: 0..<6)
  func explanations(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let fixture = ModelFixture.random(seed: seed)
    let desk = Desk(try fixture.model(), policy: BanditPolicy(epsilon: 0.5, slot: 2), seed: seed)
    for id in fixture.tweetIDs where generator.below(3) > 0 {
      desk.arms[id] = Arm(trials: UInt32(generator.below(40)), rewards: Float(10 * generator.gaussian()))
    }
    for limit in [0, 1, 5, 100] {
      var question = SignalTests.question(fixture, user: fixture.userIDs[2], using: &generator)
      question.explains = true
      question.limit = limit
      let answer = desk.rank(question)
      #expect(answer.explainedSignals == Signal.timeless.count + 1)
      #expect(answer.contributions.count == answer.ids.count && answer.values.count == answer.ids.count)
      let distinct = question.distinctIDs
      for (place, id) in answer.ids.enumerated() {
        let parts = answer.contributions[place]
        #expect(parts.dropFirst().reduce(parts[0], +) == answer.scores[place])
        let i = try #require(distinct.firstIndex(of: id))
        for signal in Signal.timeless {
          #expect(answer.values[place][signal.rawValue] == desk.values(of: signal)[i])
          #expect(parts[signal.rawValue] == desk.scratch.contributions(signal.rawValue)[i])
        }
        let arm = desk.arms[id] ?? Arm(trials: 0, rewards: 0)
        #expect(answer.values[place].last == (arm.trials == 0 ? 0 : arm.rewards / Float(arm.trials)))
        #expect((parts.last != 0) == (arm.trials > 0))
      }
    }
  }

  @Test("has no explanation and no text unless asked, also after a call that asked")
  func plainAnswers() throws {
    let fixture = ModelFixture.random(seed: 7)
    let desk = Desk(try fixture.model())
    var question = Question(user: fixture.userIDs[0], ids: fixture.tweetIDs, explains: true, includesText: true)
    let full = desk.rank(question)
    question.explains = false
    question.includesText = false
    let plain = desk.rank(question)
    #expect(plain.explainedSignals == 0 && plain.contributions.isEmpty && plain.values.isEmpty)
    #expect(plain.texts.isEmpty && full.texts.count == 40)
    #expect(plain.ids == full.ids && plain.scores == full.scores && plain.propensities == full.propensities)
  }

  @Test("has texts and familiarity in the order of the ranking; tweets that the model lacks have no text")
  func textsFollowTheOrder() throws {
    let fixture = ModelFixture.random(seed: 8)
    let desk = Desk(try fixture.model(), policy: BanditPolicy(epsilon: 1, slot: 2), seed: 8)
    let news = [NewText(id: 33, text: "word1000 word1003"), NewText(id: fixture.tweetIDs[5], text: "ignored")]
    for limit in [0, 3, 20] {
      let question = Question(
        user: fixture.userIDs[1], ids: [7] + fixture.tweetIDs[..<5] + [8], news: news, limit: limit, includesText: true)
      let answer = desk.rank(question)
      #expect(answer.texts.count == answer.ids.count && answer.familiarity.count == answer.ids.count)
      for (place, id) in answer.ids.enumerated() {
        let row = fixture.tweetIDs.firstIndex(of: id)
        #expect(answer.texts[place] == row.map { fixture.tweetTexts[$0] } ?? "")
        #expect(answer.familiarity[place] == (row != nil ? .known : id == 33 ? .text : .unknown))
      }
    }
  }

  @Test("says what the model knew of the user, what was left out, and which ranking it is")
  func notes() throws {
    let fixture = ModelFixture.random(seed: 9)
    let desk = Desk(try fixture.model())
    let ids = [fixture.tweetIDs[0], 5, 5, fixture.tweetIDs[0]]
    let answer = desk.rank(Question(user: fixture.userIDs[0], ids: ids, callers: [.nan, 1, .nan, .infinity]))
    #expect(answer.userIsKnown && answer.duplicatesRemoved == 2 && answer.valuesReplaced == 1)
    #expect(!desk.rank(Question(user: 2, ids: ids)).userIsKnown)
    let question = Question(user: 2, ids: ids)
    let requestID = question.withQuery { query in
      Ranker.rank(
        query, model: desk.model, policy: desk.policy, requestID: .max, scratch: desk.scratch, using: &desk.generator
      ).requestID
    }
    #expect(requestID == .max)
  }

  @Test("of no candidates is empty, however it is asked for")
  func empty() throws {
    let desk = Desk(try ModelFixture.random(seed: 1).model(), policy: BanditPolicy(epsilon: 1, slot: 1))
    let answer = desk.rank(Question(user: 1, limit: 5, explains: true, includesText: true))
    #expect(answer.ids.isEmpty && answer.scores.isEmpty && answer.propensities.isEmpty && answer.texts.isEmpty)
    #expect(answer.exploredPosition == 0 && answer.explainedSignals == Signal.timeless.count + 1)
  }

  @Test("is the same for the same seed, arms and calls")
  func determinism() throws {
    let fixture = ModelFixture.random(seed: 4)
    let model = try fixture.model()
    func answers() -> [Answer] {
      let desk = Desk(model, policy: BanditPolicy(epsilon: 0.5), seed: 11)
      var generator = SeededGenerator(seed: 5)
      return (0..<30).map { _ in
        desk.rank(SignalTests.question(fixture, user: fixture.userIDs[1], using: &generator))
      }
    }
    #expect(answers() == answers())
  }
}
