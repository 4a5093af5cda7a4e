/// Whose turn it is, a small call's or the next chunk of a large one: what matters more first; otherwise each size has half
/// of the time, so that a small call waits for one chunk and a large one gets on however many small ones there are.
struct SizeShare {
  /// What the last chunk took, and small calls since.
  private var chunkNanos: UInt64 = 0
  private var smallNanos: UInt64 = 0

  /// Whether a chunk is next, given the most important call of each size; at least one is there.
  func isChunkNext(small: CallTicket.Rank?, large: CallTicket.Rank?) -> Bool {
    guard let large else { return false }
    guard let small else { return true }
    return large <= small && smallNanos >= chunkNanos
  }

  /// Takes note of what was done.
  mutating func note(isChunk: Bool, nanos: UInt64) {
    if isChunk { (chunkNanos, smallNanos) = (nanos, 0) } else { smallNanos += nanos }
  }
}
