import Artifact
import Kernels
import Ranking

/// Gives the model its blend: each signal standardised over pairs drawn at random, with a fixed weight.
///
/// Without standardisation the signal with the widest range would be the ranking: ln of a PageRank spans 5, a rating
/// predicted from scores between 0 and 1 hardly 0.1. The weights are chosen by hand, not learned. In the ranker recipe
/// what a user reads about leads, and popularity only breaks ties between tweets that fit alike. The classic recipe is
/// the equal-weight hybrid of factorisation, profile, neighbours and PageRank; the last two share theirs between two
/// signals.
struct BlendFitter {
  /// Weight of a standardised signal.
  static func weight(of signal: Signal, in recipe: Recipe) -> Float {
    switch (signal, recipe) {
    case (.svd, .ranker): 0.5
    case (.svd, .classic): 1
    case (.profile, .ranker): 2
    case (.profile, .classic): 1
    case (.userNeighbours, .ranker), (.itemNeighbours, .ranker): 0
    case (.userNeighbours, .classic), (.itemNeighbours, .classic): 0.5
    case (.tweetPageRank, .ranker), (.authorPageRank, .ranker): 0.25
    case (.tweetPageRank, .classic), (.authorPageRank, .classic): 0.5
    case (.caller, _): 1
    default: 0
    }
  }

  /// No standardised signal counts for more than this.
  static let bound: Float = 10

  /// Users drawn, with replacement, from those with engagements.
  static let users = 256
  /// Tweets drawn for each.
  static let tweetsPerUser = 64

  let seed: UInt64
  let recipe: Recipe

  /// Adds `blend.*` and the signals' names to a tensor set that has everything else but the golden requests.
  func add(to tensors: TensorSet) throws(ModelError) {
    let model = try Model(tensors, blend: .neutral)
    var means: [Float] = []
    var scales: [Float] = []
    for moments in sample(model) {
      means.append(Float(moments.mean))
      scales.append(Float(moments.deviation))
    }
    // The caller's score is on the caller's scale, which this program cannot know: it counts as it is.
    means[Signal.caller.rawValue] = 0
    scales[Signal.caller.rawValue] = 1
    let count = Signal.timeless.count
    tensors.add(ModelSchema.Tensor.blendWeight, shape: [count], Signal.timeless.map { Self.weight(of: $0, in: recipe) })
    tensors.add(ModelSchema.Tensor.blendMean, shape: [count], means)
    tensors.add(ModelSchema.Tensor.blendScale, shape: [count], scales)
    tensors.add(ModelSchema.Tensor.blendBound, shape: [count], [Float](repeating: Self.bound, count: count))
    tensors.metadata[ModelSchema.Metadata.signals] = Signal.joinedNames
  }

  /// Mean and deviation of one signal.
  struct Moments {
    var count = 0.0
    var mean = 0.0
    var squares = 0.0

    /// Welford's update, which does not lose small variances of large values.
    mutating func add(_ value: Double) {
      count += 1
      let delta = value - mean
      mean += delta / count
      squares += delta * (value - mean)
    }

    /// Standard deviation; 1 for a signal that never varies, which standardises it to 0.
    var deviation: Double {
      let variance = count > 0 ? squares / count : 0
      return variance > 1e-18 ? variance.squareRoot() : 1
    }
  }

  private func sample(_ model: Model) -> [Moments] {
    var moments = [Moments](repeating: Moments(), count: Signal.timeless.count)
    let active = (0..<model.users.count).filter { model.users.engagements[$0] > 0 }
    guard !active.isEmpty, model.tweets.count > 0 else { return moments }
    let scratch = RankScratch(model: model, capacity: Self.tweetsPerUser, seed: seed)
    var generator = SeededGenerator(seed: seed)
    var candidates = [UInt64](repeating: 0, count: Self.tweetsPerUser)
    for _ in 0..<Self.users {
      let user = model.users.ids[active[generator.below(active.count)]]
      for i in candidates.indices { candidates[i] = model.tweets.ids[generator.below(model.tweets.count)] }
      candidates.withUnsafeBufferPointer { ids in
        _ = Scorer.score(RankQuery(userID: user, tweetIDs: ids), model: model, scratch: scratch)
      }
      for signal in Signal.timeless {
        for value in Scorer.values(of: signal, in: scratch) { moments[signal.rawValue].add(Double(value)) }
      }
    }
    return moments
  }
}
