import Dispatch
import Synchronization

/// Work cut into chunks of a fixed size, whatever the number of threads, so that results never depend on it.
package struct Parallel: Sendable {
  /// Threads that may work at once, at least 1.
  package let threads: Int

  /// Work on up to `threads` threads; at least 1.
  package init(threads: Int) { self.threads = threads }

  /// Calls `body` once for each chunk of `0..<count`, on up to ``threads`` threads, in no particular order.
  ///
  /// `body` gets the chunk's number and range; it may read what nobody writes and write what belongs to its chunk.
  package func forEachChunk(of count: Int, size: Int, _ body: (_ chunk: Int, _ range: Range<Int>) -> Void) {
    shareChunks(of: count, size: size) { _, chunk, range in body(chunk, range) }
  }

  /// The same for work that keeps something from chunk to chunk: `body` also gets the number of its worker, below
  /// ``threads``, and may write what belongs to that worker, which does one chunk at a time.
  ///
  /// Which worker gets which chunks is chance, so what workers keep must come to the same however they are dealt.
  package func shareChunks(
    of count: Int, size: Int, _ body: (_ worker: Int, _ chunk: Int, _ range: Range<Int>) -> Void
  ) {
    let chunks = Self.chunkCount(of: count, size: size)
    let workers = min(threads, chunks)
    if workers <= 1 {
      for chunk in 0..<chunks { body(0, chunk, Self.range(chunk, of: count, size: size)) }
      return
    }
    withoutActuallyEscaping(body) { body in
      // The chunks are disjoint by this type's contract, which the compiler cannot see.
      nonisolated(unsafe) let body = body
      let next = Atomic<Int>(0)
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        while true {
          let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if chunk >= chunks { return }
          body(worker, chunk, Self.range(chunk, of: count, size: size))
        }
      }
    }
  }

  /// What `make` gives for each of some numbers, each a piece of work of its own.
  package func map<Item: Sendable>(_ numbers: Range<Int>, _ make: (Int) -> Item) -> [Item] {
    var items = [Item?](repeating: nil, count: numbers.count)
    items.withUnsafeMutableBufferPointer { items in
      nonisolated(unsafe) let items = items
      forEachChunk(of: numbers.count, size: 1) { place, _ in items[place] = make(numbers.lowerBound + place) }
    }
    return items.compactMap { $0 }
  }

  /// Chunks that `count` items make.
  package static func chunkCount(of count: Int, size: Int) -> Int { (count + size - 1) / size }

  private static func range(_ chunk: Int, of count: Int, size: Int) -> Range<Int> {
    chunk * size..<min(count, (chunk + 1) * size)
  }
}
