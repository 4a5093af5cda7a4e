import Kernels

/// Keeps the loader off the processors that workers run on, as long as it gets on with its work on others.
///
/// Where the kernel wakes it, a thread of the lowest priority takes any processor that has a moment, a worker's between
/// two calls too, and stays there: the next call waits some microseconds until it is put off, and finds less of its own
/// in the caches. Confined to the loader's thread.
final class LoaderPlace {
  /// Who waits so much longer than it works, in one piece of work, finds its processor busy.
  static let stallNanos: UInt64 = 2_000_000
  /// So long it waits in all; then it takes the moments of any processor. Others may keep the free ones busy.
  static let patienceNanos: UInt64 = 1_000_000_000

  private let allowed: Set<Int>
  private let workers: () -> [Int]
  private let clocks: LoadPacer.Clocks
  private let confine: (Set<Int>) -> Bool
  /// Where it runs now; nil: wherever the thread began.
  private var place: Set<Int>?
  private var pieceStart: (time: UInt64, ownWork: UInt64)
  private var waited: UInt64 = 0

  /// Of a thread that may run on `allowed`, beside workers that were last seen on these processors.
  init(
    allowed: Set<Int>, workers: @escaping () -> [Int], clocks: LoadPacer.Clocks = .real,
    confine: @escaping (Set<Int>) -> Bool = { Processors.confine(to: $0) }
  ) {
    (self.allowed, self.workers, self.clocks, self.confine) = (allowed, workers, clocks, confine)
    pieceStart = (clocks.time(), clocks.ownWork())
  }

  /// To be called after each piece of work.
  func pieceDone() {
    let (span, work) = (clocks.time() &- pieceStart.time, clocks.ownWork() &- pieceStart.ownWork)
    let wait = span > work ? span - work : 0
    if wait > Self.stallNanos { waited += min(wait, Self.patienceNanos) }
  }

  /// To be called before each: makes way where workers have moved. Where they are on all processors, it runs on all too.
  func pieceBegins() {
    let free = waited < Self.patienceNanos ? allowed.subtracting(workers()) : allowed
    let next = free.isEmpty ? allowed : free
    // Where the kernel refuses, the next piece asks again.
    if next != place, confine(next) { place = next }
    pieceStart = (clocks.time(), clocks.ownWork())
  }
}
