import EventLoop
import Kernels

/// Keeps the loader off the processors that workers run on, as long as it gets on with its work on others.
///
/// Where the kernel wakes it, a thread of the lowest priority takes any processor that has a moment, a worker's between
/// two calls too, and stays there: the next call waits some microseconds until it is put off, and finds less of its own
/// in the caches. Confined to the loader's thread.
final class LoaderPlace {
  /// Whoever needs longer for a piece has waited, for a processor most likely.
  static let stallNanos: UInt64 = 20_000_000
  /// So long it waits in all; then it takes the moments of any processor. Others may keep the free ones busy.
  static let patienceNanos: UInt64 = 1_000_000_000

  private let allowed: Set<Int>
  private let workers: () -> [Int]
  private let time: () -> UInt64
  private let confine: (Set<Int>) -> Void
  private var taken: [Int] = []
  private var pieceStart: UInt64
  private var waited: UInt64 = 0

  /// Of a process that may run on `allowed`, with workers that were last seen on these processors.
  init(
    allowed: Set<Int> = Processors.allowed, workers: @escaping () -> [Int],
    time: @escaping () -> UInt64 = Loop.monotonicNanos,
    confine: @escaping (Set<Int>) -> Void = { Processors.confine(to: $0) }
  ) {
    (self.allowed, self.workers, self.time, self.confine) = (allowed, workers, time, confine)
    pieceStart = time()
  }

  /// To be called after each piece of work.
  func pieceDone() {
    let span = time() &- pieceStart
    if span > Self.stallNanos { waited += min(span, Self.patienceNanos) }
  }

  /// To be called before each: makes way where workers have moved. Where they are on all processors, it runs on all too.
  func pieceBegins() {
    let now = waited < Self.patienceNanos ? workers() : []
    if now != taken {
      taken = now
      let free = allowed.subtracting(now)
      confine(free.isEmpty ? allowed : free)
    }
    pieceStart = time()
  }
}
