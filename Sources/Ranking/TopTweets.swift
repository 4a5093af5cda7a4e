import Kernels

/// The best tweets for nobody in particular, ordered once when the model is loaded.
public struct TopTweets: Sendable {
  /// What to order by; raw values are those of the wire.
  public enum Order: UInt32, CaseIterable, Sendable {
    /// Stationary probability in the engagement graph.
    case pageRank = 0
    /// Sum of engagement scores.
    case popularity = 1
  }

  /// As many as any call may ask for.
  public static let capacity = 5_000

  private let byPageRank: [UInt32]
  private let byPopularity: [UInt32]

  init(tweets: TweetTable) {
    byPageRank = Self.best(tweets.pageRanks, ids: tweets.ids)
    byPopularity = Self.best(tweets.popularity, ids: tweets.ids)
  }

  /// Rows of the best tweets, best first; at most ``capacity``.
  public func rows(by order: Order) -> [UInt32] {
    switch order {
    case .pageRank: byPageRank
    case .popularity: byPopularity
    }
  }

  /// Selected in Float, then ordered exactly: only a tie at the very cut can fall to the smaller id by rounding.
  private static func best(_ values: UnsafeBufferPointer<Double>, ids: UnsafeBufferPointer<UInt64>) -> [UInt32] {
    let scores = values.map(Float.init)
    let wanted = min(capacity, values.count)
    let chosen = [UInt32](unsafeUninitializedCapacity: wanted) { buffer, count in
      if let order = buffer.baseAddress {
        scores.withUnsafeBufferPointer { TopK.select(scores: $0, keys: ids, k: wanted, into: order) }
      }
      count = wanted
    }
    return chosen.sorted { a, b in
      let (x, y) = (values[Int(a)], values[Int(b)])
      return x != y ? x > y : ids[Int(a)] < ids[Int(b)]
    }
  }
}
