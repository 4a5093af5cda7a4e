import Artifact
import Kernels
import Testing

@testable import Ranking
@testable import Training

/// Logs without times: the blend is learned from tweets hidden whole.
@Suite("Learning without times")
struct UnseenListTests {
  private let fixture: MomentWorldFixture
  /// The same data as a folder without times has.
  private let data: TrainingData

  init() throws {
    fixture = try MomentWorldFixture()
    var data = fixture.data
    data.log.times = data.log.times.map { _ in 0 }
    data.graph.times = data.graph.times.map { _ in 0 }
    data.tweetTimes = data.tweetTimes.map { _ in 0 }
    data.newestTime = 0
    self.data = data
  }

  @Test("each list is an engagement and tweets that the user did not engage with, none of them engaged with by anybody")
  func lists() throws {
    let (facts, tags, terms) = try fixture.facts()
    let order = EventOrder(data)
    let signals: [Signal] = [.tweetCount, .affinityCount, .authorCount, .age]
    let maker = ExampleMaker(
      data: data, order: order, signals: signals, termCount: terms, events: order.engagements, end: nil,
      tastes: TasteBuilder(data: data, facts: facts, tags: tags, seed: 1, parallel: Parallel(threads: 1)),
      listLimit: 10_000, seed: 1)
    var examples = TypeExamples(width: signals.count)
    let sampler = NegativeSampler(data: data, events: order.engagements)
    let lists = try maker.unseen(sampler, examples: &examples) { _, _ in }
    #expect(lists.count > 800 && examples.count == lists.count)
    var pasts = 0
    for list in 0..<lists.count {
      let rows = lists.offsets[list]..<lists.offsets[list + 1]
      #expect(rows.count > 1 && rows.count <= 25 && lists.labels[rows.lowerBound])
      #expect(!lists.labels[rows].dropFirst().contains(true))
      for row in rows {
        #expect(lists.values[row * 4] == 0 && lists.values[row * 4 + 3].isNaN)
        if lists.values[row * 4 + 1] > 0 { pasts += 1 }
      }
    }
    // What else the users did is still there.
    #expect(pasts > lists.count)
    var again = TypeExamples(width: signals.count)
    #expect(try maker.unseen(sampler, examples: &again) { _, _ in }.labels == lists.labels)
  }

  @Test("a new tweet by the right author ranks first; one that somebody engaged with is judged as long known")
  func order() throws {
    let (facts, tags, terms) = try fixture.facts()
    let order = EventOrder(data)
    let result = try RankerLearner(
      data: data, order: order, facts: facts, tagCount: tags, termCount: terms, seed: 1,
      parallel: Parallel(threads: 1), progress: SilentProgress(), end: nil, listLimit: 2_000, calibration: .platt,
      without: []
    ).learn()
    #expect(!result.isTimed && result.temporalLists > 800 && result.retrospectiveLists > 100)
    #expect(result.blend.isEvergreen(age: .nan, count: 1) && !result.blend.isEvergreen(age: .nan, count: 0))
    // Tweets of the last tenth have nothing folded: are those of the user's own circle above the others?
    var replay = Replay(
      data, order: order, history: result.world.history,
      hidden: HiddenEvents(
        order.engagements.filter { data.log.tweets[$0] >= 270 }, of: data))
    replay.advance(before: nil)
    let examiner = MomentExaminer(capacity: 30, terms: terms)
    let tweets = (0..<300).map { UInt32($0) }.filter { result.world.history.engagements(with: $0) == 0 }.prefix(30)
    var (right, pairs) = (0, 0)
    for user in data.users.ids.indices {
      examiner.look(at: Array(tweets), user: UInt32(user), time: 1, world: result.world)
      var scores = [Float](repeating: 0, count: tweets.count)
      scores.withUnsafeMutableBufferPointer { scores in
        if let base = scores.baseAddress { result.blend.score(examiner.columns, count: tweets.count, into: base) }
      }
      let circles = tweets.map { Int(data.tweetAuthors[Int($0)]) }
      let own = data.log.users.indices.first { data.log.users[$0] == UInt32(user) }
        .map { Int(data.tweetAuthors[Int(data.log.tweets[$0])]) }
      guard let own else { continue }
      for i in circles.indices where circle(circles[i]) == circle(own) {
        for j in circles.indices where circle(circles[j]) != circle(own) {
          pairs += 1
          if scores[i] > scores[j] { right += 1 }
        }
      }
    }
    #expect(pairs > 1_000 && Double(right) > 0.8 * Double(pairs), "\(right) of \(pairs)")
  }

  /// The circle that an account's tweets are of: user n of the fixture is in circle n mod 4.
  private func circle(_ row: Int) -> Int {
    let key = (0..<40).first { data.users.row(of: EntityID.of("u\($0)")) == UInt32(row) } ?? 0
    return key % 4
  }
}
