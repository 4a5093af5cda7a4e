import Synchronization

/// Counters of one worker: written by its thread, read by whoever describes the server. Relaxed, so never a barrier.
public final class Metrics: Sendable {
  private let accepted = Atomic<UInt64>(0)
  private let answered = Atomic<UInt64>(0)
  private let refused = Atomic<UInt64>(0)
  private let open = Atomic<Int>(0)
  private let buffers = Atomic<Int>(0)
  /// Of the calls that wait.
  let queue = QueueMetrics()

  init() {}

  func countAccepted() { accepted.add(1, ordering: .relaxed) }
  func countAnswered() { answered.add(1, ordering: .relaxed) }
  func countRefused() { refused.add(1, ordering: .relaxed) }

  /// Connections dealt to the worker and not yet closed; the acceptor counts up, the worker down.
  var openConnections: Int { open.load(ordering: .relaxed) }
  func countOpened() { open.add(1, ordering: .relaxed) }
  func countClosed() { open.subtract(1, ordering: .relaxed) }

  /// Buffers that the worker's connections hold, in bytes.
  var bufferBytes: Int { buffers.load(ordering: .relaxed) }
  func setBufferBytes(_ bytes: Int) { buffers.store(bytes, ordering: .relaxed) }

  /// Sums over workers.
  struct Totals {
    var accepted: UInt64 = 0
    var answered: UInt64 = 0
    var refused: UInt64 = 0
  }

  static func totals(_ all: [Metrics]) -> Totals {
    all.reduce(into: Totals()) { sum, one in
      sum.accepted += one.accepted.load(ordering: .relaxed)
      sum.answered += one.answered.load(ordering: .relaxed)
      sum.refused += one.refused.load(ordering: .relaxed)
    }
  }
}
