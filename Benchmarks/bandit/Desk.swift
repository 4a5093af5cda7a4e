import Artifact
import Kernels
import Ranking

/// The verbs of a ranking in the order in which the server calls them, for a ranker whose scores are given: a model that
/// knows nothing and a blend that takes the caller's score as it is.
final class Desk {
  let model: Model
  let scratch: RankScratch

  init(capacity: Int) throws {
    let caller = Signal.timeless.map { $0 == .caller ? Float(1) : 0 }
    let blend = Blend(
      weights: caller, means: caller.map { _ in 0 }, scales: caller.map { _ in 1 }, bounds: caller.map { _ in 100 })
    model = try Model(Self.emptyModel, blend: blend)
    scratch = RankScratch(model: model, capacity: capacity, seed: 1)
  }

  /// Candidates, signals, blend, then `body`.
  func withScores<R>(
    _ tweets: [UInt64], _ scores: [Float], limit: Int, _ body: (RankQuery) throws -> R
  ) rethrows -> R {
    try tweets.withUnsafeBufferPointer { tweets in
      try scores.withUnsafeBufferPointer { scores in
        let query = RankQuery(userID: 1, tweetIDs: tweets, callerScores: scores, limit: limit)
        _ = Scorer.score(query, model: model, scratch: scratch)
        return try body(query)
      }
    }
  }

  private static var emptyModel: TensorSet {
    typealias Name = ModelSchema.Tensor
    let set = TensorSet()
    set.metadata = [
      ModelSchema.Metadata.formatVersion: ModelSchema.formatVersion,
      ModelSchema.Metadata.signals: Signal.timeless.map(\.name).joined(separator: ","),
    ]
    for name in [Name.userID, Name.tweetID, Name.goldenUser] { set.add(name, shape: [0], [UInt64]()) }
    for name in [Name.userName, Name.tweetName, Name.tweetText, Name.term] {
      set.add("\(name).offsets", shape: [1], [UInt64(0)])
      set.add("\(name).bytes", shape: [0], [UInt8]())
    }
    for name in [Name.userProfile, Name.tweetVector] {
      set.add("\(name).offsets", shape: [1], [UInt64(0)])
      set.add("\(name).terms", shape: [0], [UInt32]())
      set.add("\(name).weights", shape: [0], [Float]())
    }
    for name in [Name.userBias, Name.tweetBias] { set.add(name, shape: [0], [Float]()) }
    for name in [Name.userFactors, Name.tweetFactors] { set.add(name, shape: [0, 1], [Float]()) }
    for name in [Name.userEngagements, Name.tweetEngagements, Name.tweetAuthor] {
      set.add(name, shape: [0], [UInt32]())
    }
    set.add(Name.tweetCreatedAt, shape: [0], [Int64]())
    for name in [Name.userPageRank, Name.tweetPageRank, Name.tweetPopularity, Name.inverseDocumentFrequency] {
      set.add(name, shape: [0], [Double]())
    }
    set.add(Name.mean, shape: [1], [0.5])
    for name in [Name.blendWeight, Name.blendMean, Name.blendScale, Name.blendBound] {
      set.add(name, shape: [Signal.timeless.count], Signal.timeless.map { _ in Float(1) })
    }
    set.add(Name.goldenTweet, shape: [0, 0], [UInt64]())
    set.add(Name.goldenScore, shape: [0, 0], [Float]())
    return set
  }
}
