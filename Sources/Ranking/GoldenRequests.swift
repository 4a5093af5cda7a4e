import Artifact
import Kernels

/// Requests kept in the model file with the scores they had when it was written: a loader re-checks them, so that a
/// file read wrongly, or by a program that computes something else under the same name, is refused.
public enum GoldenRequests {
  /// Scores may differ this much, relative to 1 or the score, between builds (fused instructions).
  public static let tolerance: Float = 1e-4

  /// Scores the golden requests of the model's file anew.
  /// - Throws: ``ModelError/goldenMismatch(user:tweet:got:expected:)`` at the first that differs.
  public static func verify(_ model: Model, scratch: RankScratch) throws(ModelError) {
    let reader = ColumnReader(model.tensors)
    let users = try reader.column(ModelSchema.Tensor.goldenUser, of: UInt64.self, shape: [nil])
    let tweets = try reader.column(ModelSchema.Tensor.goldenTweet, of: UInt64.self, shape: [users.count, nil])
    let width = users.isEmpty ? 0 : tweets.count / users.count
    guard width <= scratch.capacity else {
      throw .badValue(
        tensor: ModelSchema.Tensor.goldenTweet, row: 0, value: "\(width) candidates",
        expected: "at most \(scratch.capacity)")
    }
    // Without requests there is no width to agree on: the trainer writes that of the candidates it would have drawn.
    let scoreWidth = users.isEmpty ? nil : width
    let expected = try reader.finiteFloats(ModelSchema.Tensor.goldenScore, shape: [users.count, scoreWidth])
    for g in users.indices {
      let candidates = UnsafeBufferPointer(rebasing: tweets[g * width..<(g + 1) * width])
      let scores = Scorer.score(
        RankQuery(userID: users[g], tweetIDs: candidates), model: model, scratch: scratch)
      guard scores.count == width else {
        throw .badValue(
          tensor: ModelSchema.Tensor.goldenTweet, row: g * width, value: "a repeated candidate",
          expected: "distinct candidates")
      }
      for i in scores.indices {
        let wanted = expected[g * width + i]
        guard abs(scores[i] - wanted) <= tolerance * max(1, abs(wanted)) else {
          throw .goldenMismatch(user: users[g], tweet: candidates[i], got: scores[i], expected: wanted)
        }
      }
      LongWork.pieceDone()
    }
  }
}
