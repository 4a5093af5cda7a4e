import Kernels
import Testing

@testable import Ranking

@Suite("A score")
struct ScoreIndependenceTests {
  /// Everything that is computed of a candidate, as bits.
  private static func bits(_ question: Question, _ desk: Desk) -> [UInt64: [UInt32]] {
    desk.score(question)
    let scratch = desk.scratch
    let pairs = (0..<scratch.count).map { i in
      let columns = Signal.timeless.indices.flatMap { [scratch.values($0)[i], scratch.contributions($0)[i]] }
      return (scratch.ids[i], (columns + [scratch.scores[i]]).map(\.bitPattern))
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  /// One candidate of a question, by itself.
  private static func alone(_ id: UInt64, of question: Question) -> Question {
    var single = Question(user: question.user)
    if let place = question.ids.firstIndex(of: id) {
      single.ids = [id]
      single.authors = [question.authors[place]]
      single.callers = [question.callers[place]]
    } else {
      single.news = question.news.filter { $0.id == id }.prefix(1).map { $0 }
    }
    return single
  }

  /// The same candidates in another order, about half of them left out.
  private static func shuffledHalf(_ question: Question, using generator: inout SeededGenerator) -> Question {
    var half = Question(user: question.user)
    // Duplicates could change which of them comes first.
    let firsts = question.ids.indices.filter { question.ids.firstIndex(of: question.ids[$0]) == $0 }
    for i in firsts.shuffled(using: &generator) where generator.below(2) == 0 {
      half.ids.append(question.ids[i])
      half.authors.append(question.authors[i])
      half.callers.append(question.callers[i])
    }
    var seen = Set(question.ids)
    half.news = question.news.filter { seen.insert($0.id).inserted }.shuffled(using: &generator)
    return half
  }

  @Test("has the same bits alone, in any order and among any others", arguments: 0..<8)
  func isIndependentOfOthers(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let fixture = ModelFixture.random(seed: seed, factors: 5 + 3 * Int(seed))
    let desk = Desk(try fixture.model())
    for user in [fixture.userIDs[1], fixture.userIDs[4], 2] {
      let question = SignalTests.question(fixture, user: user, using: &generator)
      let together = Self.bits(question, desk)
      #expect(together.count == question.distinctIDs.count)
      for id in question.distinctIDs {
        #expect(Self.bits(Self.alone(id, of: question), desk)[id] == together[id], "\(id)")
      }
      for _ in 0..<5 {
        for (id, bits) in Self.bits(Self.shuffledHalf(question, using: &generator), desk) {
          #expect(bits == together[id], "\(id)")
        }
      }
    }
  }

  @Test("of a known tweet does not depend on how it was sent: bare, with an author or with a text")
  func knownTweetsAreTakenFromTheModel() throws {
    let fixture = ModelFixture.random(seed: 21)
    let desk = Desk(try fixture.model())
    let (user, ids) = (fixture.userIDs[2], fixture.tweetIDs)
    let bare = Self.bits(Question(user: user, ids: ids), desk)
    let authors = [UInt64](repeating: fixture.userIDs[0], count: ids.count)
    let zeros = [Float](repeating: 0, count: ids.count)
    #expect(Self.bits(Question(user: user, ids: ids, authors: authors, callers: zeros), desk) == bare)
    let news = ids.map { NewText(id: $0, author: 5, text: "word1001 word1002") }
    #expect(Self.bits(Question(user: user, news: news), desk) == bare)
  }

  @Test("and its place do not depend on how many are wanted", arguments: 0..<3)
  func limitsOnlyCut(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let fixture = ModelFixture.random(seed: seed)
    let desk = Desk(try fixture.model())
    var question = SignalTests.question(fixture, user: fixture.userIDs[0], using: &generator)
    let whole = desk.rank(question)
    for limit in 1...(whole.ids.count + 3) {
      question.limit = limit
      let answer = desk.rank(question)
      #expect(answer.ids == Array(whole.ids.prefix(limit)))
      #expect(answer.scores.map(\.bitPattern) == whole.scores.prefix(limit).map(\.bitPattern))
    }
  }
}
