/// What has happened since the model was trained, as far as one call is concerned: columns beside its candidates, and
/// the user's own last tweets. Filled by the caller after the candidates are gathered; empty is "nothing".
///
/// Confined to one thread. Ids, not rows: what people do does not wait for a model that knows the tweet.
public final class LiveFacts {
  /// Tweets that the user engaged with last, of which so many are looked at.
  public static let engagedKept = 32
  /// Impressions of the user that are looked at, the newest.
  public static let shownKept = 64

  /// Engagements with each candidate. [candidates]
  public let counts: UnsafeMutablePointer<UInt32>
  /// The same, halving every half hour as of ``times``. [candidates]
  public let quick: UnsafeMutablePointer<Float>
  /// The same, halving every six hours. [candidates]
  public let slow: UnsafeMutablePointer<Float>
  /// What ``quick`` and ``slow`` are as of, in Unix seconds. [candidates]
  public let times: UnsafeMutablePointer<Int64>

  /// Tweets that the user engaged with. [engagedKept]
  public let engagedTweets: UnsafeMutablePointer<UInt64>
  /// When, in Unix seconds. [engagedKept]
  public let engagedTimes: UnsafeMutablePointer<Int64>
  /// How many there are.
  public var engagedCount = 0
  /// Tweets that the user was shown, one several times if it was. [shownKept]
  public let shownTweets: UnsafeMutablePointer<UInt64>
  /// When, in Unix seconds. [shownKept]
  public let shownTimes: UnsafeMutablePointer<Int64>
  /// How many there are.
  public var shownCount = 0

  /// Rows of the engaged tweets, ``ModelSchema/noRow`` where the model has none. [engagedKept]
  let engagedRows: UnsafeMutablePointer<UInt32>

  /// Memory for calls of up to `capacity` candidates.
  public init(capacity: Int) {
    let capacity = max(1, capacity)
    counts = .allocate(capacity: capacity)
    quick = .allocate(capacity: capacity)
    slow = .allocate(capacity: capacity)
    times = .allocate(capacity: capacity)
    engagedTweets = .allocate(capacity: Self.engagedKept)
    engagedTimes = .allocate(capacity: Self.engagedKept)
    engagedRows = .allocate(capacity: Self.engagedKept)
    shownTweets = .allocate(capacity: Self.shownKept)
    shownTimes = .allocate(capacity: Self.shownKept)
    counts.initialize(repeating: 0, count: capacity)
    quick.initialize(repeating: 0, count: capacity)
    slow.initialize(repeating: 0, count: capacity)
    times.initialize(repeating: 0, count: capacity)
    engagedTweets.initialize(repeating: 0, count: Self.engagedKept)
    engagedTimes.initialize(repeating: 0, count: Self.engagedKept)
    engagedRows.initialize(repeating: ModelSchema.noRow, count: Self.engagedKept)
    shownTweets.initialize(repeating: 0, count: Self.shownKept)
    shownTimes.initialize(repeating: 0, count: Self.shownKept)
  }

  deinit {
    counts.deallocate()
    quick.deallocate()
    slow.deallocate()
    times.deallocate()
    engagedTweets.deallocate()
    engagedTimes.deallocate()
    engagedRows.deallocate()
    shownTweets.deallocate()
    shownTimes.deallocate()
  }

  /// Forgets what the last call knew. O(candidates).
  public func clear(candidates: Int) {
    counts.update(repeating: 0, count: candidates)
    quick.update(repeating: 0, count: candidates)
    slow.update(repeating: 0, count: candidates)
    times.update(repeating: 0, count: candidates)
    (engagedCount, shownCount) = (0, 0)
  }

  /// Finds the rows of the engaged tweets.
  func bind(_ model: Model) {
    engagedCount = min(engagedCount, Self.engagedKept)
    for index in 0..<engagedCount { engagedRows[index] = model.tweets.row(of: engagedTweets[index]) }
  }
}
