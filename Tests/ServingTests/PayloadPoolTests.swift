import Kernels
import Testing

@testable import Serving

@Suite("Memory of payloads")
struct PayloadPoolTests {
  @Test("payloads come back as they were, blocks are used again, and none is made after warm-up")
  func reuse() {
    let pool = PayloadPool(retainedLimit: 1 << 20)
    var generator = SeededGenerator(seed: 1)
    var warm: UInt64 = 0
    var held: [(payload: UnsafeRawBufferPointer, value: UInt8, count: Int)] = []
    for round in 0..<5_000 {
      if round == 2_000 {
        // As many of each size as may be held at once.
        for one in held { pool.give(one.payload) }
        held.removeAll()
        let sizes = [1, 257, 600, 1_500, 4_000, 7_000]
        let all = sizes.flatMap { size in (0..<20).map { _ in copy(size, 0, pool) } }
        for one in all { pool.give(one) }
        warm = pool.allocations
      }
      if held.count < 20, generator.below(2) == 0 {
        let (count, value) = (generator.below(8_000), UInt8(generator.below(256)))
        held.append((copy(count, value, pool), value, count))
      } else if !held.isEmpty {
        let one = held.remove(at: generator.below(held.count))
        #expect(one.payload.count == one.count && one.payload.allSatisfy { $0 == one.value })
        pool.give(one.payload)
      }
    }
    #expect(pool.allocations == warm && warm > 0)
    for one in held { pool.give(one.payload) }
  }

  @Test("no more is kept than may be; an empty payload has a place too")
  func retained() {
    let pool = PayloadPool(retainedLimit: 1_000)
    let payloads = (0..<8).map { _ in copy(200, 1, pool) }
    for one in payloads { pool.give(one) }
    #expect(pool.retainedBytes == 3 * 256 && pool.allocations == 8)
    pool.give(copy(5_000, 1, pool))
    #expect(pool.retainedBytes == 3 * 256, "a block that does not fit is given back to the heap")
    let empty = pool.take(copying: UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(empty.count == 0 && pool.retainedBytes == 2 * 256)
    pool.give(empty)
    #expect(pool.retainedBytes == 3 * 256)
  }

  private func copy(_ count: Int, _ value: UInt8, _ pool: PayloadPool) -> UnsafeRawBufferPointer {
    [UInt8](repeating: value, count: count).withUnsafeBytes { pool.take(copying: $0) }
  }
}
