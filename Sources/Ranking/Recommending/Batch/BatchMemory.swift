/// What one thread of a batch writes to while it scores users with ``FactorScores``. Confined to one thread.
final class BatchMemory {
  /// [users of a block, stride of the panels]
  let scores: UnsafeMutablePointer<Float>
  /// [tweets] products of texts; zero between uses.
  let sums: UnsafeMutablePointer<Float>
  /// [2 · tweets] weights and weighted ratings; zero between uses.
  private let ratings: UnsafeMutablePointer<Double>
  /// Tweets with ratings.
  private var rated: [UInt32] = []

  /// Memory for blocks of `users`, each with `stride` scores, and so many tweets: 20 bytes a tweet and 4 a score.
  init(users: Int, stride: Int, tweets: Int) {
    scores = .allocate(capacity: max(1, users * stride))
    scores.initialize(repeating: 0, count: max(1, users * stride))
    sums = .allocate(capacity: max(1, tweets))
    sums.initialize(repeating: 0, count: max(1, tweets))
    ratings = .allocate(capacity: max(1, 2 * tweets))
    ratings.initialize(repeating: 0, count: max(1, 2 * tweets))
  }

  deinit {
    scores.deallocate()
    sums.deallocate()
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
