/// What every ranking reads of a tweet apart from its long rows, side by side in half a cache line: one wait for memory,
/// which the look-up of its id has begun already.
struct TweetNumbers {
  /// The tweet's id, which the look-up compares.
  let id: UInt64
  /// Where its TF-IDF entries begin, and how many there are.
  let firstEntry: UInt64
  let entryCount: UInt32
  /// SVD bias.
  let bias: Float
  /// Signal value of ``Signal/tweetPageRank``.
  let prior: Float
  /// Signal value of ``Signal/authorPageRank``.
  let authorPrior: Float
}
