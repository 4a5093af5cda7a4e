import Artifact
import Kernels
import Ranking

/// Puts golden requests into a finished model: users and candidates drawn at random, with the scores they have now.
struct GoldenWriter {
  /// Requests, at most; one in two is for a user who has engaged with something.
  static let requests = 8
  /// Candidates of each, fewer where there are fewer tweets.
  static let candidates = 16

  let seed: UInt64

  /// Adds `golden.*` to a tensor set that has everything else.
  func add(to tensors: TensorSet) throws(ModelError) {
    let model = try Model(tensors)
    let width = min(Self.candidates, model.tweets.count)
    let scratch = RankScratch(model: model, capacity: max(1, width), seed: seed)
    var generator = SeededGenerator(seed: seed)
    let active = (0..<model.users.count).filter { model.users.engagements[$0] > 0 }
    var users: [UInt64] = []
    var tweets: [UInt64] = []
    var scores: [Float] = []
    if model.users.count > 0 {
      for request in 0..<Self.requests {
        let row =
          request % 2 == 0 && !active.isEmpty
          ? active[generator.below(active.count)] : generator.below(model.users.count)
        let chosen = distinctRows(width, of: model.tweets.count, using: &generator).map { model.tweets.ids[$0] }
        users.append(model.users.ids[row])
        tweets += chosen
        chosen.withUnsafeBufferPointer { ids in
          scores += Scorer.score(
            RankQuery(userID: model.users.ids[row], tweetIDs: ids), model: model, scratch: scratch)
        }
      }
    }
    tensors.add(ModelSchema.Tensor.goldenUser, shape: [users.count], users)
    tensors.add(ModelSchema.Tensor.goldenTweet, shape: [users.count, width], tweets)
    tensors.add(ModelSchema.Tensor.goldenScore, shape: [users.count, width], scores)
  }

  /// `count` different numbers below `bound`, by Floyd's sampling; ascending.
  private func distinctRows(_ count: Int, of bound: Int, using generator: inout SeededGenerator) -> [Int] {
    var chosen = Set<Int>()
    for last in (bound - count)..<bound {
      let drawn = generator.below(last + 1)
      chosen.insert(chosen.contains(drawn) ? last : drawn)
    }
    return chosen.sorted()
  }
}
