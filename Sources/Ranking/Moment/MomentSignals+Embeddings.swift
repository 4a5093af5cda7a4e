import Kernels

extension MomentSignals {
  /// Cosine of each tweet's embedding and the sum of those the user engaged with, halving every two months: missing for a
  /// tweet or a user without any. O((candidates + recent tweets) · width).
  static func embeddings(_ call: Call) {
    let column = call.columns[.embedding]
    column.update(repeating: .nan, count: call.candidates.count)
    guard let embeddings = call.world.facts.embeddings else { return }
    let recent = call.user == ModelSchema.noRow ? RecentTweets() : call.world.history.recent[Int(call.user)]
    withUnsafeTemporaryAllocation(of: Float.self, capacity: embeddings.width) { taste in
      guard let sums = taste.baseAddress else { return }
      sums.update(repeating: 0, count: embeddings.width)
      for index in 0..<recent.count {
        embeddings.add(recent.tweets[index], times: weight(of: recent.times[index], call), to: sums)
      }
      if let live = call.live {
        for index in 0..<live.engagedCount where live.engagedRows[index] != ModelSchema.noRow {
          embeddings.add(live.engagedRows[index], times: weight(of: live.engagedTimes[index], call), to: sums)
        }
      }
      let length = Dense.dot(sums, sums, count: embeddings.width).squareRoot()
      guard length > 0 else { return }
      for i in call.candidates.indices where call.candidates[i].tweet != ModelSchema.noRow {
        column[i] = embeddings.product(call.candidates[i].tweet, with: sums) / length
      }
    }
  }

  /// What an engagement at a time weighs in the user's taste; one at an unknown time weighs most.
  private static func weight(of time: Int64, _ call: Call) -> Float {
    time == 0 ? 1 : DecayedCount.factor(seconds: call.time &- time, halfLife: HalfLife.twoMonths)
  }
}
