/// When a run begins, is measured and ends, in monotonic nanoseconds.
struct Timeline: Sendable {
  let start: Int64
  /// Calls that arrive from here on are measured.
  let measureStart: Int64
  /// No call arrives from here on.
  let end: Int64
  /// Calls still unanswered here are lost.
  let drainEnd: Int64

  init(plan: LoadPlan, start: Int64) {
    self.start = start
    measureStart = start + Int64((plan.warmupSeconds * 1e9).rounded())
    end = measureStart + Int64((plan.durationSeconds * 1e9).rounded())
    drainEnd = end + plan.drainNanos
  }
}
