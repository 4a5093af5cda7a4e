import Dispatch
import Synchronization

/// Work cut into chunks of a fixed size, whatever the number of threads, so that results never depend on it.
struct Parallel {
  let threads: Int

  /// Calls `body` once for each chunk of `0..<count`, on up to ``threads`` threads, in no particular order.
  ///
  /// `body` gets the chunk's number and range, and may write only what belongs to that chunk.
  func forEachChunk(of count: Int, size: Int, _ body: (_ chunk: Int, _ range: Range<Int>) -> Void) {
    let chunks = (count + size - 1) / size
    func run(_ chunk: Int) { body(chunk, chunk * size..<min(count, (chunk + 1) * size)) }
    let workers = min(threads, chunks)
    if workers <= 1 {
      for chunk in 0..<chunks { run(chunk) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if chunk >= chunks { return }
        run(chunk)
      }
    }
  }

  /// The sum of what `body` gives for each chunk, added in the order of the chunks.
  func sum(of count: Int, size: Int, _ body: (Range<Int>) -> Double) -> Double {
    let chunks = (count + size - 1) / size
    let parts = UnsafeMutableBufferPointer<Double>.allocate(capacity: chunks)
    defer { parts.deallocate() }
    parts.initialize(repeating: 0)
    forEachChunk(of: count, size: size) { chunk, range in parts[chunk] = body(range) }
    return parts.reduce(0, +)
  }
}
