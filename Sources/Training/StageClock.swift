import Glibc

/// Measures the stages of a run with a clock that it is given.
struct StageClock {
  /// Seconds since some fixed moment, never going back.
  let now: () -> Double
  private(set) var stages: [TrainingReport.Stage] = []
  private var began: Double

  init(now: @escaping () -> Double) {
    self.now = now
    began = now()
  }

  /// Ends the stage that began with the end of the last one.
  mutating func end(_ name: String) {
    let end = now()
    stages.append(TrainingReport.Stage(name: name, seconds: end - began))
    began = end
  }

  /// The system's monotonic clock in seconds.
  static func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
