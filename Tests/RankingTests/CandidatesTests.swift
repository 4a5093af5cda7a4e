import Kernels
import Testing

@testable import Ranking

@Suite("Candidates")
struct CandidatesTests {
  private static func gather(_ question: Question, _ desk: Desk) {
    question.withQuery { Candidates.gather($0, model: desk.model, scratch: desk.scratch) }
  }

  @Test("are the distinct ids in order, each with its first place, its row and its familiarity", arguments: 0..<8)
  func matchesPlainReference(seed: UInt64) throws {
    let fixture = ModelFixture.random(seed: seed)
    let desk = Desk(try fixture.model(), capacity: 60, seed: seed)
    var generator = SeededGenerator(seed: seed)
    // A pool smaller than the lists, half of it known: duplicates in the ids, between the lists and in the new tweets.
    let pool = (0..<20).map { $0 % 2 == 0 ? fixture.tweetIDs[generator.below(40)] : UInt64($0) &* 0x1234_5678_9ABC }
    for _ in 0..<10 {
      let ids = (0..<generator.below(31)).map { _ in pool[generator.below(20)] }
      let news = (0..<generator.below(30)).map { _ in NewText(id: pool[generator.below(20)], text: "word1000") }
      let question = Question(user: fixture.userIDs[generator.below(12)], ids: ids, news: news)
      Self.gather(question, desk)

      let all = ids + news.map(\.id)
      let distinct = question.distinctIDs
      let scratch = desk.scratch
      #expect(Array(scratch.candidateIDs) == distinct)
      #expect(scratch.count == distinct.count)
      #expect(scratch.duplicatesRemoved == all.count - distinct.count)
      for (i, id) in distinct.enumerated() {
        let first = try #require(all.firstIndex(of: id))
        let row = fixture.tweetIDs.firstIndex(of: id)
        #expect(Int(scratch.sources[i]) == first)
        #expect(scratch.rows[i] == row.map { UInt32($0) } ?? ModelSchema.noRow)
        let familiarity: Familiarity = row != nil ? .known : first >= ids.count ? .text : .unknown
        #expect(scratch.familiarity[i] == familiarity.rawValue)
      }
      #expect(Int(scratch.userRow) == fixture.userIDs.firstIndex(of: question.user))
    }
  }

  @Test("an id named without text and again with text is ranked as it was named first")
  func bareIDWins() throws {
    let desk = Desk(try ModelFixture.random(seed: 1).model())
    let unknown: UInt64 = 77
    Self.gather(Question(user: 1, ids: [unknown], news: [NewText(id: unknown, text: "word1001")]), desk)
    #expect(desk.scratch.count == 1 && desk.scratch.duplicatesRemoved == 1)
    #expect(desk.scratch.familiarity[0] == Familiarity.unknown.rawValue)
    Self.gather(Question(user: 1, news: [NewText(id: unknown, text: "a"), NewText(id: unknown, text: "b")]), desk)
    #expect(desk.scratch.count == 1 && desk.scratch.duplicatesRemoved == 1 && desk.scratch.sources[0] == 0)
    #expect(desk.scratch.familiarity[0] == Familiarity.text.rawValue)
  }

  @Test("a user whom the model does not know has no row, and the user of the call before is forgotten")
  func unknownUser() throws {
    let fixture = ModelFixture.random(seed: 2)
    let desk = Desk(try fixture.model())
    Self.gather(Question(user: fixture.userIDs[3], ids: [1]), desk)
    #expect(desk.scratch.userRow == 3)
    Self.gather(Question(user: 2, ids: [1]), desk)
    #expect(desk.scratch.userRow == ModelSchema.noRow)
  }

  @Test("none are none, also after a call with many")
  func empty() throws {
    let fixture = ModelFixture.random(seed: 3)
    let desk = Desk(try fixture.model())
    Self.gather(Question(user: 1, ids: fixture.tweetIDs + fixture.tweetIDs), desk)
    #expect(desk.scratch.duplicatesRemoved == 40)
    Self.gather(Question(user: 1), desk)
    #expect(desk.scratch.count == 0 && desk.scratch.duplicatesRemoved == 0)
    #expect(desk.scratch.candidateIDs.isEmpty)
  }

  @Test("fill the scratch to its capacity, all different or all the same, in either list", arguments: [1, 2, 7, 64])
  func capacity(capacity: Int) throws {
    let desk = Desk(try ModelFixture.random(seed: 4).model(), capacity: capacity)
    let different = (0..<UInt64(capacity)).map { $0 &* 0x9E37_79B9 }
    let same = [UInt64](repeating: .max, count: capacity)
    for (ids, expected) in [(different, different), (same, [.max])] {
      Self.gather(Question(user: 1, ids: ids), desk)
      #expect(Array(desk.scratch.candidateIDs) == expected)
      Self.gather(Question(user: 1, news: ids.map { NewText(id: $0, text: "") }), desk)
      #expect(Array(desk.scratch.candidateIDs) == expected)
      let half = capacity / 2
      let rest = ids[half...].map { NewText(id: $0, text: "") }
      Self.gather(Question(user: 1, ids: Array(ids[..<half]), news: rest), desk)
      #expect(Array(desk.scratch.candidateIDs) == expected)
    }
  }

  @Test("beyond the capacity stop the process instead of writing past the columns")
  func beyondCapacity() async {
    await #expect(processExitsWith: .failure) {
      let desk = Desk(try ModelFixture.random(seed: 1, users: 1, tweets: 1).model(), capacity: 2)
      desk.score(Question(user: 1, ids: [1, 2], news: [NewText(id: 1, text: "")]))
    }
  }

  @Test("a scratch for no candidates takes one")
  func smallestScratch() throws {
    let desk = Desk(try ModelFixture.random(seed: 5).model(), capacity: 0)
    Self.gather(Question(user: 1, ids: [5]), desk)
    #expect(desk.scratch.capacity == 1 && desk.scratch.count == 1)
  }
}
