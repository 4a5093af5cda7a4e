import Kernels

/// The best of any number of tweets for a user by the scores that a server would give, bandit and feedback apart: as many
/// tweets at a time as the scratch holds. One a thread.
final class ExactRanking {
  private let model: Model
  private let steps: RankSteps
  private let scratch: RankScratch
  private let order: UnsafeMutablePointer<UInt32>

  init(model: Model, capacity: Int) {
    self.model = model
    // The defaults change nothing but what the model itself asks for, which no model can forbid.
    steps = (try? RankSteps(StepSettings(), model: model)) ?? RankSteps()
    scratch = RankScratch(model: model, capacity: capacity, seed: 0)
    order = .allocate(capacity: 2 * scratch.capacity)
  }

  deinit { order.deallocate() }

  /// The best `limit` of some tweets, best first; of equal scores the smaller id comes first. O(tweets · signals).
  ///
  /// A score does not depend on which other tweets there are, so that chunks do not change the result.
  /// - Parameters:
  ///   - ids: no tweet twice.
  ///   - time: Unix seconds; 0: as of the model's training data.
  func best(
    _ limit: Int, of ids: UnsafeBufferPointer<UInt64>, for userID: UInt64, time: Int64
  ) -> (ids: [UInt64], scores: [Float]) {
    var best: (ids: [UInt64], scores: [Float]) = ([], [])
    var start = 0
    while start < ids.count {
      let end = min(ids.count, start + scratch.capacity)
      var query = RankQuery(userID: userID, tweetIDs: .init(rebasing: ids[start..<end]))
      query.time = time
      let scores = Scorer.score(query, model: model, scratch: scratch)
      steps.adjust(scratch, query: query, model: model)
      let chosen = choose(limit, scores, scratch.candidateIDs)
      if start == 0 {
        best = chosen
      } else {
        let (all, values) = (best.ids + chosen.ids, best.scores + chosen.scores)
        best = values.withUnsafeBufferPointer { values in
          all.withUnsafeBufferPointer { choose(limit, values, $0) }
        }
      }
      start = end
    }
    return best
  }

  private func choose(
    _ limit: Int, _ scores: UnsafeBufferPointer<Float>, _ ids: UnsafeBufferPointer<UInt64>
  ) -> (ids: [UInt64], scores: [Float]) {
    let kept = min(limit, scores.count)
    TopK.select(scores: scores, keys: ids, k: kept, into: order)
    let places = (0..<kept).map { Int(order[$0]) }
    return (places.map { ids[$0] }, places.map { scores[$0] })
  }
}
