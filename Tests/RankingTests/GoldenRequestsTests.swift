import Kernels
import Testing

@testable import Ranking
@testable import Training

@Suite("Golden requests")
struct GoldenRequestsTests {
  /// A model with the golden requests that a writer would put into it, by the plain reference.
  private static func fixture(seed: UInt64 = 1, width: Int = 6) -> ModelFixture {
    var generator = SeededGenerator(seed: seed)
    var fixture = ModelFixture.random(seed: seed)
    fixture.goldenUsers = [fixture.userIDs[0], fixture.userIDs[3], 2]
    fixture.goldenTweets = fixture.goldenUsers.map { _ in
      Array(fixture.tweetIDs.shuffled(using: &generator).prefix(width))
    }
    let plain = PlainSignals(fixture: fixture)
    fixture.goldenScores = zip(fixture.goldenUsers, fixture.goldenTweets).map { user, tweets in
      tweets.map { tweet in
        let values = Signal.timeless.map {
          plain.value(of: $0, user: user, tweet: tweet, author: 0, caller: 0, text: nil)
        }
        return Float(plain.score(of: values))
      }
    }
    return fixture
  }

  /// What is said of the model; nil if it is taken.
  private static func verify(_ fixture: ModelFixture, capacity: Int = 64) throws -> String? {
    let model = try fixture.model()
    do {
      try GoldenRequests.verify(model, scratch: RankScratch(model: model, capacity: capacity, seed: 3))
      return nil
    } catch { return error.description }
  }

  @Test("are met by the model they were written for", arguments: 0..<4)
  func accepted(seed: UInt64) throws {
    #expect(try Self.verify(Self.fixture(seed: seed)) == nil)
    #expect(try Self.verify(Self.fixture(seed: seed, width: 40), capacity: 40) == nil)
  }

  @Test("may differ by a ten-thousandth of 1 or of the score, and not by twice that", arguments: [0.1, 30, -4000])
  func tolerance(score: Double) throws {
    var fixture = Self.fixture()
    // A bias moves the first signal, which weighs 0.5 / 0.75, to where the score is wanted.
    fixture.bounds[0] = 1e6
    let model = try fixture.model()
    let tweet = fixture.goldenTweets[1][2]
    let row = Int(model.tweets.row(of: tweet))
    fixture.tweetBias[row] += Float((score - Double(fixture.goldenScores[1][2])) * 0.75 / 0.5)
    let changed = try fixture.model()
    let desk = Desk(changed)
    desk.score(Question(user: fixture.goldenUsers[1], ids: [tweet]))
    let got = desk.scratch.scores[0]
    #expect(abs(Double(got) - score) < 1e-3 * max(1, abs(score)))
    // The other requests may hold the tweet too.
    fixture.goldenUsers = [fixture.goldenUsers[1]]
    fixture.goldenTweets = [[tweet]]
    let allowed = GoldenRequests.tolerance * max(1, abs(got))
    for (offset, isTaken) in [(0, true), (0.9, true), (-0.9, true), (2, false), (-2, false)] as [(Float, Bool)] {
      fixture.goldenScores = [[got + offset * allowed]]
      let refusal = try Self.verify(fixture)
      #expect((refusal == nil) == isTaken, "\(offset): \(refusal ?? "taken")")
    }
  }

  @Test("that differ are told with user, tweet and both scores, the first one first")
  func mismatch() throws {
    var fixture = Self.fixture()
    let desk = Desk(try fixture.model())
    desk.score(Question(user: fixture.goldenUsers[1], ids: fixture.goldenTweets[1]))
    let got = desk.scratch.scores[4]
    fixture.goldenScores[1][4] = 99
    fixture.goldenScores[2][0] = 99
    let expected =
      "golden request of user \(fixture.goldenUsers[1]) scored tweet \(fixture.goldenTweets[1][4]) as \(got), "
      + "the model was written with 99.0"
    #expect(try Self.verify(fixture) == expected)
  }

  @Test("with a candidate twice, or with more than the scratch takes, are refused")
  func malformed() throws {
    var fixture = Self.fixture()
    #expect(
      try Self.verify(fixture, capacity: 5) == "tensor 'golden.tweet' element 0: got: 6 candidates expected: at most 5")
    fixture.goldenTweets[1][5] = fixture.goldenTweets[1][0]
    #expect(
      try Self.verify(fixture)
        == "tensor 'golden.tweet' element 6: got: a repeated candidate expected: distinct candidates")
  }

  @Test("of the wrong shape, of scores that are not finite, or missing are refused")
  func wrongTensors() throws {
    typealias Name = ModelSchema.Tensor
    let cases: [(String, (inout ModelFixture) -> Void)] = [
      ("tensor golden.user is missing", { $0.omit(Name.goldenUser) }),
      ("tensor golden.tweet is missing", { $0.omit(Name.goldenTweet) }),
      ("tensor golden.score is missing", { $0.omit(Name.goldenScore) }),
      ("tensor golden.tweet: shape [18], expected [3, any]", { $0.replace(Name.goldenTweet, [UInt64](0..<18)) }),
      (
        "tensor golden.score: shape [3, 5], expected [3, 6]",
        { $0.replace(Name.goldenScore, shape: [3, 5], [Float](repeating: 0, count: 15)) }
      ),
      (
        "tensor 'golden.score' element 7: got: nan expected: a finite number", { $0.goldenScores[1][1] = .nan }
      ),
    ]
    for (expected, change) in cases {
      var fixture = Self.fixture()
      change(&fixture)
      #expect(try Self.verify(fixture) == expected)
    }
  }

  @Test("that the trainer writes are met, also for a model without users, tweets or terms", arguments: 0..<8)
  func trainer(part: Int) throws {
    var fixture = ModelFixture.random(
      seed: 4, users: part & 1 == 0 ? 0 : 5, tweets: part & 2 == 0 ? 0 : 30, terms: part & 4 == 0 ? 0 : 9)
    for name in [ModelSchema.Tensor.goldenUser, ModelSchema.Tensor.goldenTweet, ModelSchema.Tensor.goldenScore] {
      fixture.omit(name)
    }
    let tensors = fixture.tensors()
    try GoldenWriter(seed: 1).add(to: tensors)
    let model = try Model(tensors)
    try GoldenRequests.verify(model, scratch: RankScratch(model: model, capacity: 64, seed: 0))
  }

  @Test("may be none")
  func none() throws {
    #expect(try Self.verify(ModelFixture.random(seed: 2)) == nil)
    var withoutCandidates = ModelFixture.random(seed: 2)
    withoutCandidates.goldenUsers = [1, 2]
    withoutCandidates.goldenTweets = [[], []]
    withoutCandidates.goldenScores = [[], []]
    #expect(try Self.verify(withoutCandidates) == nil)
  }
}
