import Kernels

extension MomentSignals {
  /// Cosine of each tweet's embedding and the sum of those the user engaged with, halving every two months: missing for a
  /// tweet or a user without any. O((candidates + recent tweets) · width).
  static func embeddings(_ call: Call) {
    let column = call.columns[.embedding]
    column.update(repeating: .nan, count: call.candidates.count)
    guard let embeddings = call.world.facts.embeddings, call.user != ModelSchema.noRow else { return }
    let recent = call.world.history.recent[Int(call.user)]
    withUnsafeTemporaryAllocation(of: Float.self, capacity: embeddings.width) { taste in
      guard let sums = taste.baseAddress else { return }
      sums.update(repeating: 0, count: embeddings.width)
      for index in 0..<recent.count {
        let passed = call.time &- recent.times[index]
        let weight =
          recent.times[index] == 0 ? 1 : DecayedCount.factor(seconds: passed, halfLife: HalfLife.twoMonths)
        embeddings.add(recent.tweets[index], times: weight, to: sums)
      }
      let length = Dense.dot(sums, sums, count: embeddings.width).squareRoot()
      guard length > 0 else { return }
      for i in call.candidates.indices where call.candidates[i].tweet != ModelSchema.noRow {
        column[i] = embeddings.product(call.candidates[i].tweet, with: sums) / length
      }
    }
  }
}
