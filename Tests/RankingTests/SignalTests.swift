import Kernels
import Testing

@testable import Ranking

@Suite("Signals")
struct SignalTests {
  /// Known and unknown tweets as columns and with text, with authors and caller scores.
  static func question(_ fixture: ModelFixture, user: UInt64, using generator: inout SeededGenerator) -> Question {
    var question = Question(user: user)
    let authors = fixture.userIDs + [0, 2]
    for number in 0..<50 {
      let isKnown = generator.below(3) > 0 && !fixture.tweetIDs.isEmpty
      let id = isKnown ? fixture.tweetIDs[generator.below(fixture.tweetIDs.count)] : 3 + UInt64(number) << 50
      let author = authors[generator.below(authors.count)]
      let caller = Float(6 * generator.gaussian())
      if generator.below(2) == 0 {
        question.ids.append(id)
        question.authors.append(author)
        question.callers.append(caller)
      } else {
        let text = fixture.text(words: generator.below(8), using: &generator)
        question.news.append(NewText(id: id, author: author, caller: caller, text: text))
      }
    }
    return question
  }

  @Test("each is what its definition gives, and the score is their blend", arguments: 0..<10)
  func matchesPlainReference(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let fixture = ModelFixture.random(seed: seed, factors: [0, 1, 8, 17, 33][Int(seed) % 5])
    let desk = Desk(try fixture.model())
    let plain = PlainSignals(fixture: fixture)
    for user in [fixture.userIDs[generator.below(12)], fixture.userIDs[4], 2] {
      let question = Self.question(fixture, user: user, using: &generator)
      desk.score(question)
      let got = Signal.timeless.map { desk.values(of: $0) }
      for (i, id) in question.distinctIDs.enumerated() {
        let place = question.ids.firstIndex(of: id)
        let new = place == nil ? question.news.first { $0.id == id } : nil
        var expected: [Double] = []
        for signal in Signal.timeless {
          let value = plain.value(
            of: signal, user: user, tweet: id, author: place.map { question.authors[$0] } ?? new?.author ?? 0,
            caller: place.map { question.callers[$0] } ?? new?.caller ?? 0, text: new?.text)
          expected.append(value)
          let error = abs(Double(got[signal.rawValue][i]) - value)
          #expect(error <= 1e-5 * max(1, abs(value)), "\(signal) of \(id): \(got[signal.rawValue][i]), not \(value)")
        }
        #expect(abs(Double(desk.scratch.scores[i]) - plain.score(of: expected)) < 1e-4)
      }
    }
  }

  @Test("an unknown user has the mean and the tweet's bias, an unknown tweet the mean and the user's bias")
  func missingParts() throws {
    let fixture = ModelFixture.random(seed: 5)
    let desk = Desk(try fixture.model())
    desk.score(Question(user: 2, ids: [fixture.tweetIDs[7], 4]))
    let mean = Float(fixture.mean)
    #expect(desk.values(of: .svd) == [mean + fixture.tweetBias[7], mean])
    #expect(desk.values(of: .profile) == [0, 0])
    desk.score(Question(user: fixture.userIDs[3], ids: [4, 5]))
    #expect(desk.values(of: .svd) == [mean + fixture.userBias[3], mean + fixture.userBias[3]])
    #expect(desk.values(of: .tweetPageRank) == [0, 0] && desk.values(of: .authorPageRank) == [0, 0])
  }

  @Test("a text that the model does not know scores like the known tweet with the same text", arguments: 0..<4)
  func textsScoreLikeKnownTweets(seed: UInt64) throws {
    let fixture = ModelFixture.random(seed: seed)
    let desk = Desk(try fixture.model())
    for user in fixture.userIDs {
      desk.score(Question(user: user, ids: fixture.tweetIDs))
      let known = desk.values(of: .profile)
      let news = fixture.tweetTexts.enumerated().map { NewText(id: 1 << 62 + UInt64($0) * 2 + 1, text: $1) }
      desk.score(Question(user: user, news: news))
      let new = desk.values(of: .profile)
      #expect(new.count == known.count)
      #expect(zip(known, new).allSatisfy { abs($0 - $1) <= 1e-6 })
    }
  }

  @Test("a profile leaves nothing behind: the call after it, of another user, is as if it were the first")
  func profilesAreCleared() throws {
    let fixture = ModelFixture.random(seed: 6)
    let model = try fixture.model()
    let used = Desk(model)
    for user in fixture.userIDs { used.score(Question(user: user, ids: fixture.tweetIDs)) }
    for user in [fixture.userIDs[1], fixture.userIDs[4], fixture.userIDs[0], 2] {
      let question = Question(user: user, ids: fixture.tweetIDs, news: [NewText(id: 9, text: fixture.tweetTexts[0])])
      let fresh = Desk(model)
      used.score(question)
      fresh.score(question)
      #expect(used.values(of: .profile) == fresh.values(of: .profile))
    }
    #expect((0..<fixture.terms.count).allSatisfy { used.scratch.denseProfile[$0] == 0 })
  }

  @Test("the least ranked tweet and author have the prior 0, and every doubling adds ln 2")
  func priors() throws {
    var fixture = ModelFixture.random(seed: 7, users: 4, tweets: 4)
    fixture.tweetRanks = [0.4, 0.1, 0.2, 0.1]
    fixture.userRanks = [0.01, 0.02, 0.04, 0.08]
    fixture.authors = [3, 0, ModelSchema.noRow, 1]
    let desk = Desk(try fixture.model())
    desk.score(Question(user: 2, ids: fixture.tweetIDs))
    let step: Float = 0.6931472
    func isClose(_ got: [Float], _ doublings: [Float]) -> Bool {
      got.count == doublings.count && zip(got, doublings).allSatisfy { abs($0 - $1 * step) < 1e-6 }
    }
    #expect(isClose(desk.values(of: .tweetPageRank), [2, 0, 1, 0]))
    #expect(isClose(desk.values(of: .authorPageRank), [3, 0, 0, 1]))
  }

  @Test("priors of the smallest and largest ranks there are, whose ratio overflows, are finite")
  func extremePriors() throws {
    var fixture = ModelFixture.random(seed: 7, users: 2, tweets: 2)
    fixture.tweetRanks = [.leastNonzeroMagnitude, .greatestFiniteMagnitude]
    fixture.userRanks = [.leastNonzeroMagnitude, 1]
    fixture.authors = [0, 1]
    let desk = Desk(try fixture.model())
    desk.score(Question(user: 2, ids: fixture.tweetIDs))
    #expect(desk.values(of: .tweetPageRank).elementsEqual([0, 1454.2227]) { abs($0 - $1) < 0.01 })
    #expect(desk.values(of: .authorPageRank).elementsEqual([0, 744.44006]) { abs($0 - $1) < 0.01 })
  }

  @Test("the author that the caller names counts for unknown tweets only, and only if the model knows it")
  func authorsFromTheCaller() throws {
    var fixture = ModelFixture.random(seed: 8, users: 4, tweets: 4)
    fixture.userRanks = [1, 2, 4, 8]
    fixture.authors = [0, 1, 2, ModelSchema.noRow]
    let desk = Desk(try fixture.model())
    let best = fixture.userIDs[3]
    let texts = [best, 2, 0].enumerated().map { NewText(id: 51 + UInt64($0), author: $1, text: "") }
    let authors = [best, best, best, best, best, 2, 0]
    desk.score(Question(user: 2, ids: fixture.tweetIDs + [41, 42, 43], authors: authors, news: texts))
    let priors = desk.values(of: .authorPageRank).map { ($0 / 0.6931472).rounded() }
    #expect(priors == [0, 1, 2, 0, 3, 0, 0, 3, 0, 0])
    desk.score(Question(user: 2, ids: [41]))
    #expect(desk.values(of: .authorPageRank) == [0])
  }
}
