import Artifact
import Kernels
import Testing
import Training

@testable import Ranking

@Suite("Candidates for a user")
struct CandidateGeneratorTests {
  private static func candidates(
    _ generator: CandidateGenerator, _ user: UInt64, time: Int64 = 0, limit: Int = 1_000, first: [UInt64] = [],
    live: LiveInterest = .none
  ) throws -> [UInt64] {
    Array(try #require(generator.candidates(for: user, time: time, limit: limit, first: first, live: live)))
  }

  @Test("fill the limit, without what the log knows of the user and the user's own", arguments: Recipe.allCases)
  func exclusions(recipe: Recipe) throws {
    let world = try TrainedWorld.shared()
    let model = try world.model(recipe)
    let generator = CandidateGenerator(model: model, index: CandidateIndex(model: model), capacity: 3_000)
    var differing: Set<[UInt64]> = []
    for (key, log) in world.engaged.sorted(by: { $0.key < $1.key }) {
      let user = EntityID.of(key)
      let engaged = Set(log.map { EntityID.of($0) })
      for limit in [1, 7, 100, 1_000, 3_000] {
        let found = try Self.candidates(generator, user, limit: limit)
        #expect(Set(found).count == found.count && found.count <= limit)
        #expect(Set(found).isDisjoint(with: engaged))
        #expect(found.allSatisfy { model.tweets.row(of: $0) != ModelSchema.noRow })
        let own = found.filter { model.tweets.authors[Int(model.tweets.row(of: $0))] == model.users.row(of: user) }
        #expect(own.isEmpty)
        if limit <= 1_000 { #expect(found.count == limit) }
        if limit == 100 { differing.insert(found) }
      }
    }
    // Users differ in taste, and so do their candidates.
    #expect(differing.count > world.engaged.count / 2)
  }

  @Test("with room for all they are all that may be shown", arguments: Recipe.allCases)
  func everything(recipe: Recipe) throws {
    let world = try TrainedWorld.shared()
    let model = try world.model(recipe)
    let generator = CandidateGenerator(model: model, index: CandidateIndex(model: model), capacity: 10_000)
    for (key, log) in world.engaged.prefix(10) {
      let user = EntityID.of(key)
      let engaged = Set(log.map { EntityID.of($0) })
      let author = model.users.row(of: user)
      let allowed = model.tweets.ids.indices.filter {
        !engaged.contains(model.tweets.ids[$0]) && model.tweets.authors[$0] != author
      }
      #expect(Set(try Self.candidates(generator, user, limit: 10_000)) == Set(allowed.map { model.tweets.ids[$0] }))
    }
  }

  @Test("a stranger gets what is new and liked", arguments: Recipe.allCases)
  func strangers(recipe: Recipe) throws {
    let model = try TrainedWorld.shared().model(recipe)
    let index = CandidateIndex(model: model)
    let generator = CandidateGenerator(model: model, index: index, capacity: 1_000)
    let found = Set(try Self.candidates(generator, 987_654_321, limit: 200))
    #expect(found.count == 200)
    for order in [index.newest, model.top.rows(by: .popularity), model.top.rows(by: .pageRank)] {
      #expect(order.prefix(20).allSatisfy { found.contains(model.tweets.ids[Int($0)]) })
    }
    if recipe == .ranker {
      #expect(index.trending.prefix(20).allSatisfy { found.contains(model.tweets.ids[Int($0)]) })
    }
  }

  @Test("nothing of the future: as of a moment there are only tweets written before")
  func moments() throws {
    let model = try TrainedWorld.shared().model(.ranker)
    let generator = CandidateGenerator(model: model, index: CandidateIndex(model: model), capacity: 5_000)
    let times = model.tweets.createdAt.sorted()
    let moment = times[times.count / 2]
    for user in model.users.ids.prefix(20) {
      let found = try Self.candidates(generator, user, time: moment, limit: 5_000)
      #expect(!found.isEmpty)
      #expect(found.allSatisfy { model.tweets.createdAt[Int(model.tweets.row(of: $0))] <= moment })
    }
  }

  @Test("live feedback leaves tweets out and brings tweets in; tweets given first stay in front")
  func liveInterest() throws {
    let model = try TrainedWorld.shared().model(.ranker)
    let generator = CandidateGenerator(model: model, index: CandidateIndex(model: model), capacity: 100)
    let user = try #require(model.users.ids.first)
    let before = try Self.candidates(generator, user, limit: 50)
    let live = LiveInterest(engaged: Array(before.prefix(25)) + [1], trending: [])
    let after = try Self.candidates(generator, user, limit: 50, live: live)
    #expect(after.count == 50 && Set(after).isDisjoint(with: before.prefix(25)))
    let wanted = try #require(model.tweets.ids.first { !before.contains($0) && !after.contains($0) })
    let trending = try Self.candidates(generator, 987_654_321, limit: 5, live: LiveInterest(trending: [1, wanted]))
    #expect(trending.first == wanted)
    let first = Array(before.suffix(3))
    #expect(try Self.candidates(generator, user, limit: 50, first: first + [1]).prefix(3) == first[...])
  }

  @Test("a list is kept in its order, without what may not be shown")
  func kept() throws {
    let world = try TrainedWorld.shared()
    let model = try world.model(.ranker)
    let generator = CandidateGenerator(model: model, index: CandidateIndex(model: model), capacity: 100)
    let (key, log) = try #require(world.engaged.min { $0.key < $1.key })
    let user = EntityID.of(key)
    let fine = try Self.candidates(generator, user, limit: 30)
    let list = [EntityID.of(log[0])] + fine.reversed() + [fine[3], 1] + log.map { EntityID.of($0) }
    #expect(Array(generator.keep(list, for: user, time: 0, limit: 100)) == fine.reversed())
    #expect(Array(generator.keep(list, for: user, time: 0, limit: 4)) == Array(fine.suffix(4).reversed()))
    let live = LiveInterest(engaged: [fine[29]])
    #expect(generator.keep(list, for: user, time: 0, limit: 100, live: live).first == fine[28])
  }

  @Test("a budget that is over ends the search, whenever it is looked at")
  func budgets() throws {
    let model = try TrainedWorld.shared().model(.ranker)
    let generator = CandidateGenerator(model: model, index: CandidateIndex(model: model), capacity: 100)
    for user in [model.users.ids[0], 987_654_321] {
      var looks = 0
      let whole = generator.candidates(for: user, time: 0, limit: 10) {
        looks += 1
        return false
      }
      #expect(whole != nil && looks > 0)
      for last in 1...looks {
        var left = last
        let none = generator.candidates(for: user, time: 0, limit: 10) {
          left -= 1
          return left == 0
        }
        #expect(none == nil)
      }
    }
  }

  @Test("models without tweets, without users and without any of the optional tables have candidates", arguments: 0..<8)
  func smallModels(seed: UInt64) throws {
    let fixture = ModelFixture.random(
      seed: seed, users: seed % 4 == 0 ? 0 : 6, tweets: seed % 3 == 0 ? 0 : 25, terms: 6, factors: seed % 2 == 0 ? 0 : 4
    )
    let model = try fixture.model()
    let generator = CandidateGenerator(model: model, index: CandidateIndex(model: model), capacity: 50)
    for user in fixture.userIDs + [987_654_321] {
      let row = model.users.row(of: user)
      let others = fixture.authors.count { $0 == ModelSchema.noRow || $0 != row }
      #expect(try Self.candidates(generator, user, limit: 50).count == others)
    }
  }
}
