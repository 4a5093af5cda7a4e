/// What to do: all that a process needs to know for its share of a run.
struct LoadPlan: Codable, Sendable {
  /// Which of several processes this one is.
  struct Share: Codable, Sendable {
    var index = 0
    var count = 1
  }

  /// Where requests come from.
  struct Source: Codable, Sendable {
    var usersPath: String?
    var tweetsPath: String?
    var range: IDRange?
    /// Of recorded calls; then all else is not used.
    var replayPath: String?
    var replaySpeed = 1.0
    /// The share of candidates, 0 to 1, that are sent with their text.
    var newTextShare = 0.0
    var seed: UInt64 = 42
  }

  var address: String
  /// Over all processes; each has a whole number of threads' worth.
  var connections: Int
  /// Calls in flight on each connection, at most.
  var inFlight: Int
  /// Of each process.
  var threads: Int
  var candidates: Mix<Int>
  var classes = Mix(CallClass.standard)
  var budgetMillis: Mix<UInt32>
  var durationSeconds: Double
  var warmupSeconds: Double
  /// Open loop: what arrives after the warm-up, in calls a second. None: closed loop.
  var streams: [CallStream] = []
  var isPoisson = false
  var explains: Bool
  var source = Source()
  var hostile = HostilePlan()
  /// Where to write what is sent.
  var recordPath: String?
  /// Bins of the time line.
  var binMillis = 100
  var share = Share()

  /// Threads over all processes.
  var allThreads: Int { threads * share.count }

  /// The place of one of this process's threads among all.
  func place(ofThread thread: Int) -> Int { share.index * threads + thread }

  /// This process's connections.
  var ownConnections: Int { connections / share.count + (share.index < connections % share.count ? 1 : 0) }

  var isReplay: Bool { source.replayPath != nil }

  /// How long unanswered calls are waited for after the last was sent: their budget, and a second for the way.
  var drainNanos: Int64 {
    (Int64(budgetMillis.parts.map(\.value).max() ?? 0) + 1000) * 1_000_000
  }
}
