import Artifact
import Foundation
import Kernels
import ParitySupport
import Testing

@testable import Ranking
@testable import Training

/// The neighbour signals of models that the trainer makes of a small artificial log.
@Suite("Signals from neighbours")
struct NeighbourSignalTests {
  private static let users = 24
  private static let tweets = 30

  /// A model of the classic recipe over seeded engagements; the log is what it was trained on.
  private struct World {
    let tensors: TensorSet
    let log: EngagementLog
    let report: TrainingReport

    init(seed: UInt64, recipe: Recipe = .classic, change: (inout TrainingOptions) -> Void = { _ in }) throws {
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("neighbours-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      var generator = SeededGenerator(seed: seed)
      var engagements = "user_id,tweet_id,engagement_score,timestamp\n"
      var seen = Set<Int>()
      var log = EngagementLog()
      // Every user and tweet is there, so that rows are ids; no pair comes twice.
      var pairs = (0..<tweets).map { ($0 % users, $0) }
      for _ in 0..<260 { pairs.append((generator.below(users), generator.below(tweets))) }
      for (index, (user, tweet)) in pairs.enumerated() where seen.insert(user * tweets + tweet).inserted {
        let score = [0.25, 0.5, 0.75, 1.0][generator.below(4)]
        engagements += "\(user),\(tweet),\(score),\(1000 + index)\n"
        log.append(user: UInt32(user), tweet: UInt32(tweet), score: score, time: Int64(1000 + index))
      }
      let texts = (0..<tweets).map { "\($0),word\($0 % 5) bird\n" }.joined()
      try engagements.write(
        to: folder.appendingPathComponent("user_engagements.csv"), atomically: true, encoding: .utf8)
      try ("tweet_id,text\n" + texts).write(
        to: folder.appendingPathComponent("tweets.csv"), atomically: true, encoding: .utf8)
      var options = TrainingOptions(dataFolder: folder.path, threads: 2, producer: "tests", recipe: recipe)
      (options.factors, options.epochs, options.neighbours) = (4, 2, 1000)
      change(&options)
      (tensors, report) = try Trainer.train(options, progress: SilentProgress())
      self.log = log
    }
  }

  private func values(
    _ signal: Signal, _ user: UInt64, _ candidates: [UInt64], _ model: Model, _ scratch: RankScratch
  ) -> [Float] {
    candidates.withUnsafeBufferPointer { ids in
      _ = Scorer.score(RankQuery(userID: user, tweetIDs: ids), model: model, scratch: scratch)
      return Array(Scorer.values(of: signal, in: scratch))
    }
  }

  @Test("with room for all neighbours the values are those of KNNBasic", arguments: Similarity.allCases)
  func equalsBasic(measure: Similarity) throws {
    let world = try World(seed: 4) { $0.similarity = measure }
    let model = try Model(world.tensors)
    let scratch = RankScratch(model: model, capacity: Self.tweets, seed: 1)
    let ratings = try RatingSet(users: world.log.users, items: world.log.tweets, scores: world.log.scores)
    let candidates = (0..<UInt64(Self.tweets)).map { $0 }
    var positive = 0
    for (signal, side) in [(Signal.userNeighbours, RatingSide.users), (.itemNeighbours, .items)] {
      let basic = try NeighbourModel(
        ratings, .basic, similarity: SimilarityOptions(measure, between: side), limit: 1000,
        parallel: Parallel(threads: 1))
      for user in 0..<UInt32(Self.users) {
        let got = values(signal, UInt64(user), candidates, model, scratch)
        for tweet in 0..<UInt32(Self.tweets) {
          // Surprise counts a rating of one's own, with similarity 1; the lists hold others only.
          let rated = world.log.users.indices.contains { world.log.users[$0] == user && world.log.tweets[$0] == tweet }
          if rated { continue }
          let expected = basic.predict(user: ratings.user(row: user), item: ratings.item(row: tweet))
          let value = expected.wasImpossible ? 0 : Float(expected.estimate)
          #expect(abs(got[Int(tweet)] - value) < 1e-5)
          positive += value > 0 ? 1 : 0
        }
      }
    }
    #expect(positive > 200)
  }

  @Test("a value does not depend on the other candidates, nor on what was asked before")
  func independence() throws {
    let model = try Model(World(seed: 8) { $0.neighbours = 3 }.tensors)
    let scratch = RankScratch(model: model, capacity: Self.tweets + 2, seed: 1)
    let all = (0..<UInt64(Self.tweets)).map { $0 } + [777_777]
    for user in 0..<UInt64(Self.users) {
      for signal in [Signal.userNeighbours, .itemNeighbours] {
        let together = values(signal, user, all.reversed(), model, scratch)
        #expect(together.first == 0)
        for tweet in all where tweet % 3 == 0 || tweet == 777_777 {
          let place = try #require(Array(all.reversed()).firstIndex(of: tweet))
          #expect(values(signal, user, [tweet], model, scratch) == [together[place]])
        }
      }
      #expect((0..<Self.tweets).allSatisfy { scratch.candidateSlots[$0] == 0 })
      #expect((0..<2 * scratch.capacity).allSatisfy { scratch.neighbourSums[$0] == 0 })
    }
    for signal in [Signal.userNeighbours, .itemNeighbours] {
      #expect(values(signal, 999_999, all, model, scratch).allSatisfy { $0 == 0 })
    }
  }

  @Test("without lists both signals are 0, weigh nothing and take no memory", arguments: [Recipe.ranker, .classic])
  func without(recipe: Recipe) throws {
    let world = try World(seed: 2, recipe: recipe) { $0.neighbours = recipe == .ranker ? 40 : 0 }
    #expect(!world.tensors.names.contains { $0.contains("neighbours") || $0.contains("ratings") })
    #expect(world.report.userNeighbours == nil && world.report.ratingsKept == 0)
    let model = try Model(world.tensors)
    #expect(model.neighbours == nil)
    #expect((model.blend.weights[Signal.userNeighbours.rawValue] == 0) == (recipe == .ranker))
    let scratch = RankScratch(model: model, capacity: 16, seed: 1)
    try GoldenRequests.verify(model, scratch: scratch)
    #expect(values(.userNeighbours, 3, [1, 2, 3], model, scratch) == [0, 0, 0])
    #expect(values(.itemNeighbours, 3, [1, 2, 3], model, scratch) == [0, 0, 0])
    #expect(scratch.contributions(Signal.itemNeighbours.rawValue)[1] == 0)
  }

  @Test("a file written before these signals existed still opens: what it does not name weighs nothing")
  func olderFile() throws {
    let world = try World(seed: 6)
    let kept = Signal.timeless.filter { $0 != .userNeighbours && $0 != .itemNeighbours }
    let older = TensorSet()
    older.metadata = world.tensors.metadata
    older.metadata[ModelSchema.Metadata.signals] = kept.map(\.name).joined(separator: ",")
    older.addCopies(of: world.tensors) { name in !name.hasPrefix("blend.") }
    for name in ["blend.weight", "blend.mean", "blend.scale", "blend.bound"] {
      let values = try world.tensors.column(name, of: Float.self, shape: [nil])
      older.add(name, shape: [kept.count], kept.map { values[$0.rawValue] })
    }
    let (blend, whole) = (try Model(older).blend, try Model(world.tensors).blend)
    for signal in Signal.timeless {
      let expected = kept.contains(signal) ? whole.weights[signal.rawValue] : 0
      #expect(blend.weights[signal.rawValue] == expected)
    }
  }

  @Test("one table without the others, or a similarity outside (0, 1], is refused by name")
  func refused() throws {
    let world = try World(seed: 6)
    for name in ["users.neighbours", "tweets.neighbours", "users.ratings"] {
      let part = TensorSet()
      part.metadata = world.tensors.metadata
      part.addCopies(of: world.tensors) { !$0.hasPrefix(name) }
      #expect { try Model(part) } throws: { "\($0)".contains(name) }
    }
    for bad in [Float(0), -0.5, 1.5, .nan] {
      let damaged = TensorSet()
      damaged.metadata = world.tensors.metadata
      damaged.addCopies(of: world.tensors) { $0 != "tweets.neighbours.weights" }
      var weights = Array(try world.tensors.column("tweets.neighbours.weights", of: Float.self, shape: [nil]))
      weights[2] = bad
      damaged.add("tweets.neighbours.weights", shape: [weights.count], weights)
      #expect { try Model(damaged) } throws: { "\($0)".contains("tweets.neighbours") && "\($0)".contains("\(bad)") }
    }
  }
}
