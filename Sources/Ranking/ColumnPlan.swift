/// Adds up the places of columns in one allocation, each on its own cache lines.
struct ColumnPlan {
  /// Bytes planned so far.
  private(set) var byteCount = 0

  /// Plans `count` elements and returns their byte offset.
  mutating func add<T>(_ type: T.Type, _ count: Int) -> Int {
    let offset = byteCount
    byteCount += (count * MemoryLayout<T>.stride + 63) & ~63
    return offset
  }
}
