/// Finds loops that stand still, from the times at which each last turned. Pure: times are arguments, in nanoseconds.
///
/// Where the whole process stood still (SIGSTOP, a machine that was paused) no loop is to blame, and each gets its time
/// anew: the looks themselves come late then.
struct StallDetector {
  /// What one look has found about a worker.
  enum Finding: Equatable {
    /// Its loop has not turned for so long, and this is said for the first time.
    case began(worker: Int, nanos: UInt64)
    /// It turns again.
    case ended(worker: Int, nanos: UInt64)
    /// It has not turned for as long as the operator wants to wait.
    case hopeless(worker: Int, nanos: UInt64)
  }

  /// Without a turn for so long, a loop stands still.
  static let stallNanos: UInt64 = 500_000_000
  /// Looks that are further apart than this were held up themselves.
  static let lateNanos: UInt64 = 300_000_000

  private let hopelessNanos: UInt64?
  private var lastLook: UInt64 = 0
  /// Before this nothing counts.
  private var base: UInt64 = 0
  /// Where a worker stands still, since when.
  private var stalled: [UInt64?]

  /// For so many workers; `hopelessNanos` nil: there is always hope.
  init(workers: Int, hopelessNanos: UInt64? = nil) {
    stalled = .init(repeating: nil, count: workers)
    self.hopelessNanos = hopelessNanos
  }

  /// Whether a loop is known to stand still.
  var isStalled: Bool { stalled.contains { $0 != nil } }

  /// One look: when each loop last turned, 0 where it does not run.
  mutating func look(atNanos now: UInt64, ticks: [UInt64]) -> [Finding] {
    if now > lastLook &+ Self.lateNanos { base = now }
    lastLook = now
    var findings: [Finding] = []
    for (worker, tick) in ticks.enumerated() where worker < stalled.count {
      let since = max(tick, base)
      let age = tick == 0 || since >= now ? 0 : now - since
      if let began = stalled[worker] {
        if age < Self.stallNanos {
          stalled[worker] = nil
          findings.append(.ended(worker: worker, nanos: now &- min(now, began)))
        }
      } else if age >= Self.stallNanos {
        stalled[worker] = since
        findings.append(.began(worker: worker, nanos: age))
      }
      if let hopelessNanos, age >= hopelessNanos { findings.append(.hopeless(worker: worker, nanos: age)) }
    }
    return findings
  }
}
