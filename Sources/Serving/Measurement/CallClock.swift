import EventLoop

/// Times the phases of the call that a worker is answering: one reading of the clock at each boundary, which the checks of
/// the budget use too. Confined to the worker's thread.
///
/// A call that is answered in pieces keeps its ``PhaseTimes`` between them: take ``times`` out, later put them back and
/// ``restart()``.
final class CallClock {
  private let histograms: PhaseHistograms
  private let activity: WorkerActivity
  /// What the call has spent so far.
  var times = PhaseTimes()
  private var arrivedNanos: UInt64 = 0
  /// The end of the last phase.
  private(set) var markNanos: UInt64 = 0

  init(histograms: PhaseHistograms = PhaseHistograms(), activity: WorkerActivity = WorkerActivity()) {
    self.histograms = histograms
    self.activity = activity
  }

  /// A call's turn has come; returns the time.
  @discardableResult
  func begin(callID: UInt64, arrivedNanos: UInt64) -> UInt64 {
    activity.begin(callID)
    times = PhaseTimes()
    self.arrivedNanos = arrivedNanos
    markNanos = arrivedNanos
    return end(.queue)
  }

  /// What was done since the last boundary was this phase; returns the time.
  @inline(__always)
  @discardableResult
  func end(_ phase: Phase) -> UInt64 {
    let now = Loop.monotonicNanos()
    times.add(phase, nanos: now &- min(now, markNanos))
    markNanos = now
    activity.passed(phase)
    return now
  }

  /// A call goes on after a pause that belongs to none of its phases.
  func restart() { markNanos = Loop.monotonicNanos() }

  /// The call is answered, or handed over to the feedback log: its phases count.
  func finish(isAnswered: Bool) {
    times.forEach { histograms.add($0, nanos: $1) }
    if isAnswered { histograms.add(.call, nanos: markNanos &- min(markNanos, arrivedNanos)) }
    activity.end()
  }

  /// The call goes back to where it waits, and will begin anew: nothing of it counts yet.
  func discard() { activity.end() }
}
