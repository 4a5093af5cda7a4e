import Artifact
import Foundation
import Kernels
import Testing

@testable import Ranking

@Suite("A model")
struct ModelTests {
  @Test("finds every id's row and no other's, one by one and many at once", arguments: 0..<5)
  func rows(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let fixture = ModelFixture.random(seed: seed, users: 50, tweets: 300)
    let model = try fixture.model()
    let ids = (0..<500).map { _ in
      generator.below(2) == 0 ? fixture.tweetIDs[generator.below(300)] : generator.next() >> UInt64(generator.below(64))
    }
    let expected = ids.map { id in fixture.tweetIDs.firstIndex(of: id).map { UInt32($0) } ?? ModelSchema.noRow }
    #expect(ids.map { model.tweets.row(of: $0) } == expected)
    var rows = [UInt32](repeating: 7, count: ids.count)
    ids.withUnsafeBufferPointer { model.tweets.rows(of: $0, into: &rows) }
    #expect(rows == expected)
    for (row, id) in fixture.userIDs.enumerated() { #expect(model.users.row(of: id) == UInt32(row)) }
    #expect(model.users.row(of: 2) == ModelSchema.noRow)
  }

  @Test("names an entity by its key, or by its id in decimal where the key is that")
  func names() throws {
    let fixture = ModelFixture.random(seed: 3)
    let model = try fixture.model()
    for (row, id) in fixture.userIDs.enumerated() {
      #expect(model.users.name(row: row) == (id % 3 == 0 ? "user-\(id)" : "\(id)"))
    }
    for (row, id) in fixture.tweetIDs.enumerated() {
      #expect(model.tweets.names.string(row) == (id % 3 == 0 ? "tweet-\(id)" : ""))
    }
  }

  @Test("has the version of its tensors, which changes with any of them, and their metadata")
  func version() throws {
    var fixture = ModelFixture.random(seed: 4)
    fixture.metadata["producer"] = "a test"
    let model = try fixture.model()
    #expect(model.version == fixture.tensors().version)
    #expect(model.metadata("producer") == "a test" && model.metadata("nothing") == nil)
    fixture.tweetBias[0] += 1
    #expect(try fixture.model().version != model.version)
  }

  @Test("ranks the same from a file as from memory")
  func files() throws {
    let fixture = ModelFixture.random(seed: 5)
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("apus-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try fixture.tensors().write(to: path)
    let (written, read) = (Desk(try fixture.model()), Desk(try Model(TensorSet.read(path: path))))
    var generator = SeededGenerator(seed: 5)
    for user in fixture.userIDs {
      var question = SignalTests.question(fixture, user: user, using: &generator)
      question.explains = true
      question.includesText = true
      #expect(written.rank(question) == read.rank(question))
    }
    #expect(written.model.version == read.model.version)
  }

  @Test("of no users, no tweets or no terms answers every call", arguments: 0..<8)
  func empty(part: Int) throws {
    let fixture = ModelFixture.random(
      seed: 6, users: part & 1 == 0 ? 0 : 4, tweets: part & 2 == 0 ? 0 : 9, terms: part & 4 == 0 ? 0 : 5)
    let desk = Desk(try fixture.model(), policy: BanditPolicy(epsilon: 1, slot: 2))
    let plain = PlainSignals(fixture: fixture)
    let known = fixture.tweetIDs
    let news = [NewText(id: 50, author: 1, caller: 2, text: "word1000 word1001 unheard"), NewText(id: 51, text: "")]
    for user in [1, 2] + fixture.userIDs {
      let question = Question(
        user: user, ids: known + [60], news: news, explains: true, includesText: true)
      let answer = desk.rank(question)
      #expect(answer.ids.sorted() == question.distinctIDs.sorted())
      for (place, id) in answer.ids.enumerated() {
        let new = news.first { $0.id == id }
        for signal in Signal.timeless {
          let expected = plain.value(
            of: signal, user: user, tweet: id, author: new?.author ?? 0, caller: new?.caller ?? 0, text: new?.text)
          #expect(abs(Double(answer.values[place][signal.rawValue]) - expected) < 1e-5)
        }
      }
    }
    let similar = SimilarTweets(model: desk.model)
    let answer = Array("word1000".utf8).withUnsafeBytes {
      similar.nearest(toText: $0, limit: 50, scratch: desk.scratch)
    }
    #expect(answer.rows.count == fixture.tweetVectors.count { $0.contains { $0.term == 0 } })
    for order in TopTweets.Order.allCases { #expect(desk.model.top.rows(by: order).count == known.count) }
    try GoldenRequests.verify(desk.model, scratch: desk.scratch)
  }
}
