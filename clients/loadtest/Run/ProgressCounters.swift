import Synchronization

/// What the threads tell the progress line while they run.
final class ProgressCounters: Sendable {
  private let answered = Atomic<Int>(0)
  private let failed = Atomic<Int>(0)

  func add(failed isFailure: Bool) {
    answered.wrappingAdd(1, ordering: .relaxed)
    if isFailure { failed.wrappingAdd(1, ordering: .relaxed) }
  }

  var snapshot: (answered: Int, failed: Int) {
    (answered.load(ordering: .relaxed), failed.load(ordering: .relaxed))
  }
}
