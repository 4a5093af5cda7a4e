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

  /// Selected in Float, then ordered exactly; those that are tied in Float at the very cut are all looked at again.
  private static func best(_ values: UnsafeBufferPointer<Double>, ids: UnsafeBufferPointer<UInt64>) -> [UInt32] {
    let scores = LongWork.map(values.count) { Float(values[$0]) }
    let wanted = min(capacity, values.count)
    var chosen = [UInt32](unsafeUninitializedCapacity: wanted) { buffer, count in
      if let order = buffer.baseAddress {
        scores.withUnsafeBufferPointer { TopK.select(scores: $0, keys: ids, k: wanted, into: order) }
      }
      count = wanted
    }
    func isBefore(_ a: UInt32, _ b: UInt32) -> Bool {
      let (x, y) = (values[Int(a)], values[Int(b)])
      return x != y ? x > y : ids[Int(a)] < ids[Int(b)]
    }
    if let last = chosen.last, wanted < values.count {
      let cut = scores[Int(last)]
      let tied = scores.indices.filter { scores[$0] == cut }.map { UInt32($0) }.sorted(by: isBefore)
      chosen.removeAll { scores[Int($0)] == cut }
      chosen += tied.prefix(wanted - chosen.count)
    }
    return chosen.sorted(by: isBefore)
  }
}
