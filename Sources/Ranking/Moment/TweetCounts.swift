/// Engagements with a tweet as of a moment, in the model's past and since.
struct TweetCounts {
  /// All of them, and those halving every half hour and every six hours.
  private(set) var all: Float = 0
  private(set) var quick: Float = 0
  private(set) var slow: Float = 0

  /// Those of the model's past.
  @inline(__always)
  mutating func add(_ tweet: TweetHistory, at time: Int64) {
    add(all: tweet.count, quick: tweet.halfHour, slow: tweet.sixHours, after: time &- tweet.last)
  }

  /// Those since.
  @inline(__always)
  mutating func add(_ live: LiveFacts, candidate i: Int, at time: Int64) {
    add(all: Float(live.counts[i]), quick: live.quick[i], slow: live.slow[i], after: time &- live.times[i])
  }

  @inline(__always)
  private mutating func add(all: Float, quick: Float, slow: Float, after passed: Int64) {
    self.all += all
    self.quick += DecayedCount.left(of: quick, after: passed, halfLife: DecayedCount.HalfLife.halfHour)
    self.slow += DecayedCount.left(of: slow, after: passed, halfLife: DecayedCount.HalfLife.sixHours)
  }
}
