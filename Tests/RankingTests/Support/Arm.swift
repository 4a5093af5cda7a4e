/// What feedback says of one tweet.
struct Arm {
  var trials: UInt32
  var rewards: Float
}
