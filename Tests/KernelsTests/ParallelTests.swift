import Synchronization
import Testing

@testable import Kernels

@Suite("Parallel chunks")
struct ParallelTests {
  @Test("every index is visited once, in the same chunks for any number of threads", arguments: [1, 2, 8])
  func coverage(threads: Int) {
    for count in [0, 1, 9, 10, 11, 1000] {
      var visits = [Int](repeating: 0, count: count)
      var chunkOf = visits
      visits.withUnsafeMutableBufferPointer { visits in
        chunkOf.withUnsafeMutableBufferPointer { chunkOf in
          Parallel(threads: threads).forEachChunk(of: count, size: 10) { chunk, range in
            for index in range {
              visits[index] += 1
              chunkOf[index] = chunk
            }
          }
        }
      }
      #expect(visits.allSatisfy { $0 == 1 })
      #expect(chunkOf == (0..<count).map { $0 / 10 })
    }
  }

  @Test("a worker does one chunk at a time, and the workers together do every chunk once", arguments: [1, 2, 8])
  func workers(threads: Int) {
    var sums = [Int](repeating: 0, count: threads)
    sums.withUnsafeMutableBufferPointer { sums in
      let busy = (0..<threads).map { _ in Busy() }
      Parallel(threads: threads).shareChunks(of: 1_000, size: 3) { worker, chunk, range in
        let wasBusy = busy[worker].flag.exchange(true, ordering: .acquiring)
        #expect(!wasBusy)
        #expect(range.lowerBound == 3 * chunk)
        sums[worker] += range.reduce(0, +)
        busy[worker].flag.store(false, ordering: .releasing)
      }
    }
    #expect(sums.reduce(0, +) == 499_500)
  }

  /// Whether a worker is at a chunk.
  private final class Busy: Sendable {
    let flag = Atomic<Bool>(false)
  }

  @Test("no more threads work at once than allowed")
  func bound() {
    let working = Atomic<Int>(0)
    let most = Atomic<Int>(0)
    Parallel(threads: 2).forEachChunk(of: 64, size: 1) { _, _ in
      let now = working.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
      most.max(now, ordering: .sequentiallyConsistent)
      working.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    }
    #expect((1...2).contains(most.load(ordering: .sequentiallyConsistent)))
  }
}
