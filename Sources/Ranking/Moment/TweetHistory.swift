/// What has happened to one tweet so far.
struct TweetHistory {
  /// The newest engagers kept: enough to know who is interested, bounded for the sake of tweets that everybody shares.
  static let engagersKept = 32

  /// Engagements.
  var count: Float = 0
  /// Those, halving every half hour and every six hours, as of ``last``.
  var halfHour: Float = 0
  var sixHours: Float = 0
  /// Unix seconds of the newest engagement with a known time.
  var last: Int64 = 0
}
