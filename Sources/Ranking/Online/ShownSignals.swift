/// What one answer showed first, as learning from feedback needs it: copied out of the scratch before its next use.
/// One per worker.
public final class ShownSignals {
  /// Items of one answer that are kept at most.
  public let limit: Int
  /// Signals of an item.
  public let width: Int
  /// Items of the last ``copy(_:from:model:)``.
  public private(set) var count = 0
  /// [count]
  public private(set) var tweetIDs: [UInt64]
  /// [count] log odds before the correction.
  public private(set) var bases: [Float]
  /// Row-major [count, width] standardised signals; a missing one is 0.
  public private(set) var values: [Float]

  /// Memory for `limit` items of a model's signals; a model without a moment has none.
  public init(limit: Int, model: Model) {
    self.limit = max(1, limit)
    width = model.moment?.blend.signals.count ?? 0
    tweetIDs = .init(repeating: 0, count: self.limit)
    bases = .init(repeating: 0, count: self.limit)
    values = .init(repeating: 0, count: self.limit * width)
  }

  /// Takes the first items of an answer, whose scratch has not been used since. O(limit · width).
  public func copy(_ ranked: RankedTweets, from scratch: RankScratch, model: Model) {
    guard let blend = model.moment?.blend else { return }
    count = min(limit, ranked.tweetIDs.count)
    let before = scratch.values(of: .online)
    for position in 0..<count {
      let i = Int(scratch.order[position])
      tweetIDs[position] = scratch.ids[i]
      bases[position] = before[i]
      for s in blend.signals.indices {
        values[position * width + s] = blend.standardised(s, scratch.values(blend.signals[s].rawValue)[i])
      }
    }
  }
}
