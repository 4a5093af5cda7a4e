import EventLoop
import Glibc

/// Has the loader of a model sleep between the pieces of its work, the longer the busier the rest of the process is:
/// what it takes from caches and memory bandwidth slows the workers, whichever processor it runs on, and a worker that
/// is busy nine tenths of its time and slowed by a tenth falls behind.
///
/// Of the time that it does not wait for a processor it works (1 − ρ)², and a tenth at least, where ρ is how busy the
/// workers are. While calls wait longer than a moment it does not work at all, as long as its patience lasts: a queue
/// grows by whatever slows a worker as long as there is one. Confined to the loader's thread.
final class LoadPacer {
  /// What it looks at, in nanoseconds, and how it sleeps.
  struct Clocks {
    /// Time, the processor time of the calling thread, and that of all threads of the process.
    var time: () -> UInt64
    var ownWork: () -> UInt64
    var allWork: () -> UInt64
    var sleep: (UInt64) -> Void

    static var real: Clocks {
      Clocks(
        time: Loop.monotonicNanos, ownWork: { nanos(of: CLOCK_THREAD_CPUTIME_ID) },
        allWork: { nanos(of: CLOCK_PROCESS_CPUTIME_ID) },
        sleep: { nanos in
          // A signal that ends it early does no harm.
          var span = timespec(tv_sec: Int(nanos / 1_000_000_000), tv_nsec: Int(nanos % 1_000_000_000))
          nanosleep(&span, nil)
        })
    }

    private static func nanos(of clock: clockid_t) -> UInt64 {
      var now = timespec()
      clock_gettime(clock, &now)
      return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }
  }

  /// Work between two sleeps.
  static let sliceNanos: UInt64 = 250_000
  /// Over so long it is found out how busy the workers are; the kernel counts in steps of some milliseconds.
  static let windowNanos: UInt64 = 50_000_000
  /// The longest sleep, after a piece that took long; of such pieces it works more than its share.
  static let sleepLimitNanos: UInt64 = 50_000_000
  /// The least share of the time that it works.
  static let leastShare = 0.1
  /// Work of so long, left over by a worker's turn, is a queue.
  static let backlogNanos: UInt64 = 2_000_000
  /// How often it looks whether there is one still.
  static let lookNanos: UInt64 = 1_000_000
  /// So long it waits for queues in all: under a load that never lets up a model comes late, and comes.
  static let patienceNanos: UInt64 = 10_000_000_000

  private let clocks: Clocks
  private let processors: Double
  private let backlog: () -> UInt64
  private let isHurried: () -> Bool
  /// How busy the workers were in the last window, from 0 to 1. Until it is known they may be very busy.
  private(set) var busyShare = 1.0
  private var windowStart: UInt64
  private var othersBefore: UInt64
  private var workBefore: UInt64
  private var patience = LoadPacer.patienceNanos

  /// Beside workers that can keep `processors` processors busy, the fullest of which has calls of `backlog` nanoseconds
  /// waiting; where it is hurried nothing sleeps.
  init(
    processors: Int, clocks: Clocks = .real, backlog: @escaping () -> UInt64, isHurried: @escaping () -> Bool
  ) {
    (self.clocks, self.processors) = (clocks, Double(max(1, processors)))
    (self.backlog, self.isHurried) = (backlog, isHurried)
    windowStart = clocks.time()
    workBefore = clocks.ownWork()
    othersBefore = clocks.allWork() &- workBefore
  }

  /// To be called after each piece of work.
  func pieceDone() {
    let work = clocks.ownWork()
    let slice = work &- workBefore
    guard slice >= Self.sliceNanos, !isHurried() else { return }
    look(ownWork: work)
    let share = max(Self.leastShare, (1 - busyShare) * (1 - busyShare))
    let pause = UInt64(min(Double(slice) * (1 / share - 1), Double(Self.sleepLimitNanos)))
    if pause > 0 { clocks.sleep(pause) }
    waitForQueues()
    workBefore = clocks.ownWork()
  }

  private func waitForQueues() {
    while patience > 0, backlog() >= Self.backlogNanos, !isHurried() {
      let start = clocks.time()
      clocks.sleep(Self.lookNanos)
      patience -= min(patience, clocks.time() &- start)
    }
  }

  private func look(ownWork: UInt64) {
    let now = clocks.time()
    let span = now &- windowStart
    guard span >= Self.windowNanos else { return }
    let others = clocks.allWork() &- ownWork
    // What the kernel has counted of other threads may be some milliseconds old.
    let worked = others > othersBefore ? Double(others - othersBefore) : 0
    busyShare = min(1, worked / (Double(span) * processors))
    (windowStart, othersBefore) = (now, others)
  }
}
