/// What to do, as the command line said it.
struct LoadPlan: Sendable {
  var address: String
  var connections: Int
  /// Calls in flight on each connection, at most.
  var inFlight: Int
  /// At most `connections`.
  var threads: Int
  var candidates: Int
  var durationSeconds: Double
  var warmupSeconds: Double
  /// Calls a second over all connections; nil: closed loop.
  var rate: Double?
  var budgetMillis: UInt32
  var explains: Bool

  /// How long unanswered calls are waited for after the last was sent: their budget, and a second for the way.
  var drainNanos: Int64 { (Int64(budgetMillis) + 1000) * 1_000_000 }
}
