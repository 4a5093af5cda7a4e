import Kernels

/// What one thread of a batch writes to while it scores users with ``FactorScores``. Confined to one thread.
final class BatchMemory {
  /// [tweets, ``LaneVectors/lanes``]
  let scores: UnsafeMutablePointer<Float>
  /// Users of a block.
  let vectors: LaneVectors
  /// [2 · tweets] weights and weighted ratings; zero between uses.
  private let ratings: UnsafeMutablePointer<Double>
  /// Tweets with ratings.
  private var rated: [UInt32] = []

  /// 80 bytes a tweet, and what the vectors take.
  init(tweets: Int, vectors: LaneVectors) {
    let count = max(1, tweets * LaneVectors.lanes)
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
    scores = bytes.initializeMemory(as: Float.self, repeating: 0, count: count)
    self.vectors = vectors
    ratings = .allocate(capacity: max(1, 2 * tweets))
    ratings.initialize(repeating: 0, count: max(1, 2 * tweets))
  }

  deinit {
    scores.deallocate()
    ratings.deallocate()
  }

  /// Counts a rating of the tweet in `row`; similarities are positive.
  func count(_ rating: Double, _ similarity: Double, row: UInt32) {
    let place = 2 * Int(row)
    if ratings[place] == 0 { rated.append(row) }
    ratings[place] += similarity
    ratings[place + 1] += similarity * rating
  }

  /// Gives the weighted mean of each tweet that has ratings, as the signals have it, and forgets the ratings.
  func takeMeans(_ body: (_ row: Int, _ mean: Float) -> Void) {
    for row in rated {
      let place = 2 * Int(row)
      let mean = ratings[place + 1] / ratings[place]
      body(Int(row), min(max(Float(mean), -.greatestFiniteMagnitude), .greatestFiniteMagnitude))
      (ratings[place], ratings[place + 1]) = (0, 0)
    }
    rated.removeAll(keepingCapacity: true)
  }
}
