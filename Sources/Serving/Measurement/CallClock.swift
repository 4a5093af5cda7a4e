import EventLoop

/// Times the phases of the call that a worker is answering: one reading of the clock at each boundary, which the checks of
/// the budget use too. Confined to the worker's thread.
///
/// A call that is answered in pieces keeps its ``State`` between them, see ``suspend()`` and ``resume(_:)``.
final class CallClock {
  /// What is known of a call between two of its pieces.
  struct State {
    fileprivate var callID: UInt64 = 0
    fileprivate var arrivedNanos: UInt64 = 0
    /// What the call has spent so far.
    fileprivate var times = PhaseTimes()
  }

  private let histograms: PhaseHistograms
  private let activity: WorkerActivity
  private var call = State()
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
    call = State(callID: callID, arrivedNanos: arrivedNanos)
    markNanos = arrivedNanos
    return end(.queue)
  }

  /// What was done since the last boundary was this phase; returns the time.
  @inline(__always)
  @discardableResult
  func end(_ phase: Phase) -> UInt64 {
    let now = Loop.monotonicNanos()
    call.times.add(phase, nanos: now &- min(now, markNanos))
    markNanos = now
    activity.passed(phase)
    return now
  }

  /// A call pauses.
  func suspend() -> State {
    activity.end()
    return call
  }

  /// A call goes on after a pause, which belongs to none of its phases.
  func resume(_ state: State) {
    call = state
    activity.begin(state.callID)
    markNanos = Loop.monotonicNanos()
  }

  /// The call is answered, or handed over to the feedback log: its phases count.
  func finish(isAnswered: Bool) {
    call.times.forEach { histograms.add($0, nanos: $1) }
    if isAnswered { histograms.add(.call, nanos: markNanos &- min(markNanos, call.arrivedNanos)) }
    activity.end()
  }

  /// The call goes back to where it waits, and will begin anew: nothing of it counts yet.
  func discard() { activity.end() }
}
