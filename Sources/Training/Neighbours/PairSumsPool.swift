import Kernels
import Synchronization

/// One ``PairSums`` for each thread that works at the moment, kept for the next piece of work: making one costs memory
/// for every row. Those that are handed back are clear, so it does not matter who gets which.
final class PairSumsPool: Sendable {
  /// ``PairSums`` belong to one thread at a time, which the lock sees to.
  private struct Idle: @unchecked Sendable { var sums: [PairSums] = [] }

  private let idle = Mutex(Idle())
  private let kind: PairSums.Kind
  private let rowCount: Int

  init(kind: PairSums.Kind, rowCount: Int) {
    self.kind = kind
    self.rowCount = rowCount
  }

  /// Lends clear sums to `body`, which must leave them clear.
  func withSums(_ body: (PairSums) -> Void) {
    let sums = idle.withLock { $0.sums.popLast() } ?? PairSums(kind: kind, rowCount: rowCount)
    body(sums)
    nonisolated(unsafe) let returned = sums
    idle.withLock { $0.sums.append(returned) }
  }
}
