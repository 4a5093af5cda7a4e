/// What feedback says of one tweet.
struct Arm {
  var trials: UInt32
  var rewards: Float
  /// Engagements that the ranker expected; 0: not known.
  var expected: Float = 0
}
