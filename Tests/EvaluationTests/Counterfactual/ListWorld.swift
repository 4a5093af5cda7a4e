import Foundation
import Kernels
import Ranking
import Training

@testable import Evaluation

/// A world of which the truth is known: what each tweet earns at each position, and what the real ranker makes of two
/// models that disagree.
final class ListWorld: Sendable {
  let models: [Model]
  let users: [UInt64]
  let tweets: [UInt64]

  static func shared() throws -> ListWorld { try made.get() }

  private static let made = Result { try ListWorld() }

  private init() throws {
    let folder = NSTemporaryDirectory() + "apus-lists-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let progress = SilentProgress()
    try SyntheticWorld(options: .init(users: 40, tweets: 300, seed: 5)).write(to: folder, progress: progress)
    models = try [UInt64(1), 2].map { seed in
      var options = TrainingOptions(dataFolder: folder, threads: 1, producer: "tests", recipe: .classic)
      (options.factors, options.epochs, options.seed) = (8, seed == 1 ? 2 : 30, seed)
      return try Model(Trainer.train(options, progress: progress).0)
    }
    users = Array(models[0].users.ids)
    tweets = Array(models[0].tweets.ids)
  }

  /// The chance that a user who is shown the tweet there likes it.
  func chance(_ tweet: UInt64, at position: Int) -> Double {
    let worth = 0.1 + 0.8 * Double((tweet &* 0x9E37_79B9_7F4A_7C15) >> 40) / Double(1 << 24)
    return worth / Double(position).squareRoot()
  }
}

/// What a server with a model and a policy shows to users who like by ``ListWorld/chance(_:at:)``, and what that comes to.
struct ListTraffic {
  /// What feedback has told of a tweet.
  final class Arms {
    private var arms: [UInt64: (trials: UInt32, rewards: Float)] = [:]

    @discardableResult
    func fill(_ scratch: RankScratch, _ userID: UInt64) -> ContextualScoring? {
      for (i, id) in scratch.candidateIDs.enumerated() {
        (scratch.armTrials[i], scratch.armRewards[i]) = arms[id] ?? (0, 0)
      }
      return nil
    }

    func add(_ tweet: UInt64, reward: Float) {
      let old = arms[tweet] ?? (0, 0)
      arms[tweet] = (old.trials + 1, old.rewards + reward)
    }
  }

  let world: ListWorld
  let model: Model
  let policy: BanditPolicy
  /// Candidates, and positions shown.
  var candidates = 12
  var shown = 3
  var generator: SeededGenerator
  let arms = Arms()
  private let scratch: RankScratch
  private var number: UInt64 = 0

  init(_ world: ListWorld, model: Int, policy: BanditPolicy, seed: UInt64) {
    self.world = world
    self.model = world.models[model]
    self.policy = policy
    generator = SeededGenerator(seed: seed)
    scratch = RankScratch(model: self.model, capacity: 64, seed: 1)
  }

  /// Ranks other candidates for another user.
  mutating func ask() -> ShownList {
    number += 1
    var ids: [UInt64] = []
    while ids.count < candidates {
      let tweet = world.tweets[generator.below(world.tweets.count)]
      if !ids.contains(tweet) { ids.append(tweet) }
    }
    let user = world.users[generator.below(world.users.count)]
    return ids.withUnsafeBufferPointer { ids in
      let query = RankQuery(userID: user, tweetIDs: ids, limit: shown)
      _ = Scorer.score(query, model: model, scratch: scratch)
      arms.fill(scratch, user)
      policy.adjust(scratch)
      let ranked = Ranker.rank(
        query, model: model, policy: policy, requestID: number, scratch: scratch, using: &generator)
      return ShownList(
        requestID: number, userID: user, time: Int64(number), policyVersion: policy.version, modelVersion: "m",
        items: ranked.tweetIDs.indices.map {
          .init(tweetID: ranked.tweetIDs[$0], propensity: ranked.propensities[$0], score: ranked.scores[$0])
        }, candidates: Array(ids))
    }
  }

  /// Which of the items are liked.
  mutating func likes(_ list: ShownList) -> [Bool] {
    list.items.enumerated().map { generator.uniform() < world.chance($1.tweetID, at: $0 + 1) }
  }

  /// Shows so many lists; `learns`: what comes of a list changes the arms at once.
  mutating func run(
    _ lists: Int, learns: Bool, join: inout ListJoin, before: (ShownList) -> Void = { _ in }
  ) {
    for _ in 0..<lists {
      let list = ask()
      before(list)
      join.show(list)
      for (item, isLiked) in zip(list.items, likes(list)) {
        join.record(requestID: list.requestID, tweetID: item.tweetID, isImpression: true, reward: 0)
        if isLiked { join.record(requestID: list.requestID, tweetID: item.tweetID, isImpression: false, reward: 1) }
        if learns { arms.add(item.tweetID, reward: isLiked ? 1 : 0) }
      }
    }
  }

  /// The mean number of likes of a list, by showing many.
  mutating func meanReward(lists: Int) -> Double {
    var sum = 0.0
    for _ in 0..<lists {
      let list = ask()
      for (place, item) in list.items.enumerated() { sum += world.chance(item.tweetID, at: place + 1) }
    }
    return sum / Double(lists)
  }
}

extension BanditPolicy {
  /// The model's order, and exploration.
  static func scores(epsilon: Double, slot: Int) -> BanditPolicy {
    BanditPolicy(.off, epsilon: epsilon, slot: slot)
  }

  /// The same with mean rewards added.
  static func means(epsilon: Double, slot: Int, weight: Float) -> BanditPolicy {
    BanditPolicy(.epsilonGreedy(RewardTerm(worth: .mean, weight: weight)), epsilon: epsilon, slot: slot)
  }
}
