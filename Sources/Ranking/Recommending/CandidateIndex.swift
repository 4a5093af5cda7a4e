import Kernels

/// Where candidates for a user without a list of the caller's are looked for: orders of a model's tweets, made once when
/// a server or a batch starts, shared by its threads.
public final class CandidateIndex: Sendable {
  /// Rows kept of each order of all tweets.
  static let listed = 5_000
  /// Rows of the newest tweets among those that factors are compared with.
  static let newestInPool = 2_500

  /// Rows of all tweets with a known time, the newest first, up to ``listed``.
  let newest: [UInt32]
  /// Rows of the tweets engaged with most, counts halving every six hours, up to ``listed``. Empty for models without a
  /// history.
  ///
  /// All counts halve alike, so that this order is the same at any moment after the end of the training data.
  let trending: [UInt32]
  /// Rows that a user's factors are compared with: the most popular and the newest. Empty for models that rank as of a
  /// moment, which have no factors of tweets.
  let pool: [UInt32]
  /// The tweets of author a are `authorTweets[authorOffsets[a]..<authorOffsets[a + 1]]`, the newest first.
  private let authorOffsets: [Int]
  private let authorTweets: [UInt32]

  /// O(tweets), and O(tweets · log tweets) where ids do not ascend with time.
  public init(model: Model) {
    let order = Self.newestFirst(model.tweets)
    newest = Array(order.prefix(Self.listed).prefix { model.tweets.createdAt[Int($0)] > 0 })
    trending = Self.trending(model)
    pool = model.moment == nil ? Self.pool(model, newest) : []
    var ends = [Int](repeating: 0, count: model.users.count + 1)
    let authors = model.tweets.authors
    for piece in LongWork.pieces(of: authors.count) {
      for row in piece where authors[row] != ModelSchema.noRow { ends[Int(authors[row]) + 1] += 1 }
    }
    for author in 0..<model.users.count { ends[author + 1] += ends[author] }
    authorOffsets = ends
    var rows = [UInt32](repeating: 0, count: ends[model.users.count])
    for piece in LongWork.pieces(of: order.count) {
      for row in order[piece] {
        let author = authors[Int(row)]
        guard author != ModelSchema.noRow else { continue }
        rows[ends[Int(author)]] = row
        ends[Int(author)] += 1
      }
    }
    authorTweets = rows
  }

  /// Rows of an author's tweets, the newest first.
  func tweets(ofAuthor author: UInt32) -> ArraySlice<UInt32> {
    authorTweets[authorOffsets[Int(author)]..<authorOffsets[Int(author) + 1]]
  }

  /// Of equal times, and of unknown ones, which come last, the larger id counts as newer.
  private static func newestFirst(_ tweets: TweetTable) -> [UInt32] {
    let times = tweets.createdAt
    let reversed = (0..<UInt32(tweets.count)).reversed()
    let ascend = (1..<max(1, times.count)).allSatisfy { times[$0 - 1] <= times[$0] }
    return ascend
      ? Array(reversed)
      : reversed.sorted { times[Int($0)] != times[Int($1)] ? times[Int($0)] > times[Int($1)] : $0 > $1 }
  }

  private static func trending(_ model: Model) -> [UInt32] {
    guard let moment = model.moment else { return [] }
    var rows: [UInt32] = []
    var scores: [Float] = []
    for (row, tweet) in moment.world.history.tweets.enumerated() where tweet.sixHours > 0 {
      rows.append(UInt32(truncatingIfNeeded: row))
      // Logarithm to base 2 of what is left as of the end of the data, which does not run out of small numbers.
      let halvings = Float(tweet.last &- moment.asOf) * Float(1 / DecayedCount.HalfLife.sixHours)
      scores.append(Logarithm.natural(tweet.sixHours) * (1 / Logarithm.natural(2)) + halvings)
    }
    return Array(best: listed, of: rows, by: scores, ids: model.tweets.ids)
  }

  private static func pool(_ model: Model, _ newest: [UInt32]) -> [UInt32] {
    let popular = model.top.rows(by: .popularity).prefix(listed)
    let known = Set(popular)
    return Array(popular) + newest.prefix(newestInPool).filter { !known.contains($0) }
  }
}

extension Array where Element == UInt32 {
  /// The `limit` rows with the largest finite scores, largest first; of equal ones those with the smaller id, or the
  /// smaller number where there are no ids.
  init(best limit: Int, of rows: [UInt32], by scores: [Float], ids: UnsafeBufferPointer<UInt64>? = nil) {
    let keys = rows.map { ids?[Int($0)] ?? UInt64($0) }
    let kept = Swift.min(limit, rows.count)
    self = [UInt32](unsafeUninitializedCapacity: kept) { order, count in
      if let start = order.baseAddress {
        scores.withUnsafeBufferPointer { scores in
          keys.withUnsafeBufferPointer { TopK.select(scores: scores, keys: $0, k: kept, into: start) }
        }
      }
      count = kept
    }.map { rows[Int($0)] }
  }
}
