/// A call that was sent and has no reply yet. Times are monotonic nanoseconds.
struct SentCall {
  let callClass: CallClass
  let budgetNanos: Int64
  /// When it arrived, which in an open loop may be before it could be sent; its time runs from here.
  let arrival: Int64
  let sent: Int64
  /// Whether it had to wait because all connections were full.
  var foundAllFull = false
}
