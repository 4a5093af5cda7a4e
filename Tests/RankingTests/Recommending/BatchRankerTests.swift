import Kernels
import Testing
import Training

@testable import Ranking

@Suite("Lists for many users at once")
struct BatchRankerTests {
  /// The best by scores of all that may be shown, by a plain sort.
  private static func plain(
    _ model: Model, _ user: UInt32, limit: Int, time: Int64 = 0
  ) -> (ids: [UInt64], scores: [Float]) {
    let engaged = model.withEngaged(by: user) { Set($0) }
    let latest = time != 0 ? time : model.moment?.asOf ?? .max
    let ids = model.tweets.ids.indices.filter {
      !engaged.contains(UInt32($0)) && model.tweets.authors[$0] != user && model.tweets.createdAt[$0] <= latest
    }.map { model.tweets.ids[$0] }
    let scratch = RankScratch(model: model, capacity: ids.count, seed: 9)
    let scores = ids.withUnsafeBufferPointer { ids in
      var query = RankQuery(userID: model.users.ids[Int(user)], tweetIDs: ids)
      query.time = time
      return Array(Scorer.score(query, model: model, scratch: scratch))
    }
    let order = ids.indices.sorted { (scores[$0], ids[$1]) > (scores[$1], ids[$0]) }.prefix(limit)
    return (order.map { ids[$0] }, order.map { scores[$0] })
  }

  private static func users(_ model: Model) -> [UInt32] { (0..<model.users.count).map { UInt32($0) } }

  private static func expectPlain(_ model: Model, _ ranker: BatchRanker, limit: Int, time: Int64 = 0) {
    let lists = ranker.rank(users(model), madeAt: 77)
    #expect(lists.count == model.users.count)
    for (user, list) in zip(users(model), lists) {
      let expected = plain(model, user, limit: limit, time: time)
      #expect(list.tweetIDs == expected.ids && list.scores == expected.scores, "user \(user) of limit \(limit)")
      #expect(list.madeAtSeconds == 77 && list.modelHash == StoredRecommendations.modelHash(version: model.version))
    }
  }

  @Test("a trained model's lists are those of scoring all that may be shown", arguments: [1, 10, 300])
  func trained(limit: Int) throws {
    let model = try TrainedWorld.shared().model(.classic)
    #expect(model.neighbours != nil && model.users.factorCount == 8)
    for threads in [1, 3] {
      let ranker = BatchRanker(model: model, limit: limit, time: 0, isExhaustive: false, threads: threads)
      #expect(ranker.method == .factors)
      Self.expectPlain(model, ranker, limit: limit)
    }
  }

  @Test("so are those of random models: ties, users without factors or profile, few tweets", arguments: 0..<30)
  func random(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var fixture = ModelFixture.random(
      seed: seed, users: 1 + generator.below(40), tweets: 1 + generator.below(300), factors: generator.below(20))
    // Weights of any sign and size, and bounds that hold some contributions back.
    fixture.weights = fixture.weights.map { _ in Float(generator.gaussian() * (seed % 5 == 0 ? 100 : 1)) }
    fixture.bounds = fixture.bounds.map { _ in seed % 3 == 0 ? Float(generator.uniform() + 0.01) : 10 }
    for user in fixture.userFactors.indices where generator.below(4) == 0 {
      fixture.userFactors[user] = fixture.userFactors[user].map { _ in 0 }
    }
    // Twins, whose scores are the same to the bit.
    for tweet in fixture.tweetIDs.indices where generator.below(2) == 0 {
      let twin = generator.below(fixture.tweetIDs.count)
      fixture.tweetFactors[tweet] = fixture.tweetFactors[twin]
      fixture.tweetBias[tweet] = fixture.tweetBias[twin]
      fixture.tweetVectors[tweet] = fixture.tweetVectors[twin]
      fixture.tweetRanks[tweet] = fixture.tweetRanks[twin]
      fixture.authors[tweet] = ModelSchema.noRow
    }
    let model = try fixture.model()
    for limit in [1, 10, 1_000] {
      let ranker = BatchRanker(model: model, limit: limit, time: 0, isExhaustive: false, threads: 2)
      Self.expectPlain(model, ranker, limit: limit)
    }
  }

  @Test("all tweets alike: the smallest ids, whoever asks", arguments: [1, 10, 250])
  func allTied(limit: Int) throws {
    var fixture = ModelFixture.random(seed: 3, users: 21, tweets: 250, factors: 6)
    for tweet in fixture.tweetIDs.indices {
      fixture.tweetFactors[tweet] = fixture.tweetFactors[0]
      fixture.tweetBias[tweet] = fixture.tweetBias[0]
      fixture.tweetVectors[tweet] = fixture.tweetVectors[0]
      fixture.tweetRanks[tweet] = fixture.tweetRanks[0]
      fixture.authors[tweet] = ModelSchema.noRow
    }
    let model = try fixture.model()
    let ranker = BatchRanker(model: model, limit: limit, time: 0, isExhaustive: false, threads: 2)
    Self.expectPlain(model, ranker, limit: limit)
  }

  @Test("numbers that overflow in one order of summing and not in another change nothing")
  func largeNumbers() throws {
    var fixture = ModelFixture.random(seed: 5, users: 20, tweets: 90)
    for tweet in fixture.tweetFactors.indices where tweet % 3 == 0 {
      fixture.tweetFactors[tweet] = fixture.tweetFactors[tweet].map { $0 * 1e37 }
    }
    fixture.userFactors = fixture.userFactors.map { $0.map { $0 * 1e3 } }
    let model = try fixture.model()
    let ranker = BatchRanker(model: model, limit: 10, time: 0, isExhaustive: false, threads: 1)
    Self.expectPlain(model, ranker, limit: 10)
  }

  @Test("what the near scores may be off by holds for every tweet, and is small")
  func slack() throws {
    let model = try TrainedWorld.shared().model(.classic)
    let scores = FactorScores(model: model, index: CandidateIndex(model: model), time: .max)
    let products = scores.products
    let memory = BatchMemory(
      tweets: products.count,
      vectors: LaneVectors(width: products.dense.width, columnCount: products.sparse.columnCount))
    let scratch = RankScratch(model: model, capacity: model.tweets.count, seed: 1)
    var differing = 0
    for user in Self.users(model) {
      scores.score([user], memory: memory)
      let exact = Scorer.score(
        RankQuery(userID: model.users.ids[Int(user)], tweetIDs: model.tweets.ids), model: model, scratch: scratch)
      let slack = scores.slack(of: user, lane: 0, memory.vectors)
      #expect(slack < 5e-2)
      for row in 0..<model.tweets.count {
        let near = memory.scores[row * LaneVectors.lanes]
        guard near > -.infinity else { continue }
        let difference = abs(Double(near) - Double(exact[row]))
        #expect(difference <= slack / 2, "tweet \(row) of user \(user)")
        if difference > 0 { differing += 1 }
      }
    }
    // Were they the same, this would be no test.
    #expect(differing > 1_000)
  }

  @Test("scoring everything is that for any recipe, in as many pieces as it takes", arguments: Recipe.allCases)
  func everything(recipe: Recipe) throws {
    let model = try TrainedWorld.shared().model(recipe)
    let ranker = BatchRanker(model: model, limit: 25, time: 0, isExhaustive: true, threads: 2)
    #expect(ranker.method == .everything)
    Self.expectPlain(model, ranker, limit: 25)
    let exact = ExactRanking(model: model, capacity: 97)
    for user in Self.users(model).prefix(5) {
      let kept = Self.plain(model, user, limit: model.tweets.count)
      let best = kept.ids.sorted().withUnsafeBufferPointer {
        exact.best(60, of: $0, for: model.users.ids[Int(user)], time: 0)
      }
      #expect(best.ids == Array(kept.ids.prefix(60)) && best.scores == Array(kept.scores.prefix(60)))
    }
  }

  @Test("a model that ranks as of a moment ranks what the candidates are; of so few tweets those are all")
  func candidates() throws {
    let model = try TrainedWorld.shared().model(.ranker)
    let ranker = BatchRanker(model: model, limit: 25, time: 0, isExhaustive: false, threads: 2)
    #expect(ranker.method == .candidates)
    Self.expectPlain(model, ranker, limit: 25)
  }

  @Test("nothing of the future is chosen", arguments: Recipe.allCases)
  func future(recipe: Recipe) throws {
    let model = try TrainedWorld.shared().model(recipe)
    let times = model.tweets.createdAt.sorted()
    let time = times[times.count / 2]
    let ranker = BatchRanker(model: model, limit: 40, time: time, isExhaustive: false, threads: 1)
    Self.expectPlain(model, ranker, limit: 40, time: time)
  }

  @Test("a list does not depend on who else is ranked")
  func independence() throws {
    let model = try TrainedWorld.shared().model(.classic)
    let ranker = BatchRanker(model: model, limit: 50, time: 0, isExhaustive: false, threads: 2)
    let all = ranker.rank(Self.users(model), madeAt: 1)
    for count in [1, 5, 17] {
      let some = Array(Self.users(model).suffix(count).reversed())
      #expect(ranker.rank(some, madeAt: 1) == some.map { all[Int($0)] })
    }
    #expect(ranker.rank([], madeAt: 1) == [])
  }
}
