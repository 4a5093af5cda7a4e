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
