/// What has happened to one account so far, as an author and as a reader.
struct PersonHistory {
  /// The newest engagements kept: from these come the user's interests.
  static let recentKept = 128
  /// The newest tweets of the account's own kept.
  static let ownKept = 64

  /// Tweets written.
  var written: Float = 0
  /// Engagements that the account's tweets received, and those halving every day and every month as of ``receivedLast``.
  var received: Float = 0
  var receivedDay: Float = 0
  var receivedMonth: Float = 0
  var receivedLast: Int64 = 0

  /// Engagements made.
  var made: Float = 0
  /// Unix seconds of the newest of them; 0: none, or none with a known time.
  var madeLast: Int64 = 0
}

/// A few tweets with times; at the limit the oldest goes.
struct RecentTweets {
  private(set) var tweets: [UInt32] = []
  private(set) var times: [Int64] = []

  /// Tweets and as many times, oldest first.
  init(tweets: [UInt32] = [], times: [Int64] = []) {
    self.tweets = tweets
    self.times = times
  }

  var count: Int { tweets.count }

  mutating func append(_ tweet: UInt32, time: Int64, limit: Int) {
    if tweets.count >= limit {
      tweets.removeFirst()
      times.removeFirst()
    }
    tweets.append(tweet)
    times.append(time)
  }
}

/// How one account stands to another.
struct PairHistory {
  /// Row of the other account.
  var other: UInt32
  /// Engagements with the other's tweets, and those halving every hour, day and month as of ``last``.
  var count: Float = 0
  var hour: Float = 0
  var day: Float = 0
  var month: Float = 0
  var last: Int64 = 0
  /// Weight of the edges to the other, and halving every month as of ``edgeLast``.
  var edges: Float = 0
  var edgesMonth: Float = 0
  /// The same of the edges from the other.
  var reverse: Float = 0
  var reverseMonth: Float = 0
  var edgeLast: Int64 = 0

  init(other: UInt32) { self.other = other }
}

/// How one account stands to a hashtag.
struct TagPairHistory {
  var tag: UInt32
  /// Engagements with tweets that carry it, and those halving every fortnight as of ``last``.
  var count: Float = 0
  var fortnight: Float = 0
  var last: Int64 = 0

  init(tag: UInt32) { self.tag = tag }
}

/// What has happened to one hashtag so far.
struct TagHistory {
  /// Tweets written with it.
  var written: Float = 0
  /// Engagements with such tweets, and those halving every day as of ``last``.
  var count: Float = 0
  var day: Float = 0
  var last: Int64 = 0
}
