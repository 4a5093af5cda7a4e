import Kernels
import Synchronization

/// What a worker is doing, for who watches it from another thread: written by the worker, each a relaxed store.
final class WorkerActivity: Sendable {
  private let tickNanos = Atomic<UInt64>(0)
  private let processor = Atomic<Int>(-1)
  /// The call that is being answered; 0: none.
  private let callID = Atomic<UInt64>(0)
  private let lastPhase = Atomic<Int>(0)

  /// The loop has turned.
  @inline(__always)
  func tick(atNanos nanos: UInt64) {
    tickNanos.store(nanos, ordering: .relaxed)
    processor.store(Processors.current, ordering: .relaxed)
  }

  /// The loop does not run any more, or not yet.
  func retire() { tickNanos.store(0, ordering: .relaxed) }

  @inline(__always)
  func begin(_ id: UInt64) { callID.store(id, ordering: .relaxed) }

  @inline(__always)
  func passed(_ phase: Phase) { lastPhase.store(phase.rawValue, ordering: .relaxed) }

  @inline(__always)
  func end() { callID.store(0, ordering: .relaxed) }

  // MARK: Any thread

  /// When the loop last turned, on the monotonic clock; 0: it does not run.
  var lastTickNanos: UInt64 { tickNanos.load(ordering: .relaxed) }

  /// The processor on which it turned; below 0 where nobody can say.
  var lastProcessor: Int { processor.load(ordering: .relaxed) }

  /// In words, such as "answering call 7, after score".
  var words: String {
    let call = callID.load(ordering: .relaxed)
    guard call != 0, let phase = Phase(rawValue: lastPhase.load(ordering: .relaxed)) else { return "between calls" }
    return "answering call \(call), after \(phase.name)"
  }
}
