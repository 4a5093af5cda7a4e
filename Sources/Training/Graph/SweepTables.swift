import Kernels

/// The values that sweeps over the rows write and read, arranged so that threads disturb each other little.
///
/// What one core has written comes to another slowly, a cache line at a time, and most slowly where it is asked for at
/// random. So every worker reads a copy of its own at random, which it brings up to date from what all have written, in
/// order of rows, before its first task of a stage.
///
/// A round is a stage of one sweep, counted from the stages of a sweep 0 that is the start.
final class SweepTables {
  private let stages: RowBlocks
  private let workers: Int
  private let active: Int
  /// Doubles from one table to the next: the active rows, and two cache lines that keep writers apart.
  private let stride: Int
  /// [2 or 1, stride] what the sweeps of even and of odd number wrote: a worker that comes late still finds the values
  /// of the sweep before. A single worker is never late.
  private let written: UnsafeMutablePointer<Double>
  private let writtenCount: Int
  /// [workers, stride] what each worker reads.
  private let copies: UnsafeMutablePointer<Double>
  /// [workers] the round up to which each worker's copy is complete, 16 apart.
  private let complete: UnsafeMutablePointer<Int>

  /// Tables whose sweep 0 is to be filled first.
  ///
  /// - Parameters:
  ///   - stages: the active rows, cut into stages.
  ///   - workers: threads that sweep.
  init(stages: RowBlocks, workers: Int) {
    (self.stages, self.workers) = (stages, workers)
    active = stages[stages.count - 1].upperBound
    stride = active + 16
    writtenCount = workers > 1 ? 2 : 1
    written = .allocate(capacity: writtenCount * stride)
    copies = .allocate(capacity: workers * stride)
    complete = .allocate(capacity: workers * 16)
    complete.initialize(repeating: 0, count: workers * 16)
  }

  deinit {
    written.deallocate()
    copies.deallocate()
    complete.deallocate()
  }

  /// [active] what a sweep writes; sweep 0 is the start. The values of all sweeps before the one before are gone.
  func values(ofSweep sweep: Int) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(start: written + sweep % writtenCount * stride, count: active)
  }

  /// [active] the values that a worker may read in a round: of each stage, those of its last round before this one.
  ///
  /// All rounds before must be over.
  func values(for worker: Int, inRound round: Int) -> UnsafeBufferPointer<Double> {
    let copy = copies + worker * stride
    let first = max(complete[worker * 16], round - stages.count)
    if first < round {
      for earlier in first..<round {
        let (sweep, stage) = earlier.quotientAndRemainder(dividingBy: stages.count)
        let rows = stages[stage]
        guard let source = values(ofSweep: sweep).baseAddress else { continue }
        (copy + rows.lowerBound).update(from: source + rows.lowerBound, count: rows.count)
      }
      complete[worker * 16] = round
    }
    return UnsafeBufferPointer(start: copy, count: active)
  }
}
