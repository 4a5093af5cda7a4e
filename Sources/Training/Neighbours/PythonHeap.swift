/// Which pairs Python's `heapq.nlargest(k, pairs, key:)` chooses, comparison by comparison, so that it is right even
/// where a similarity is NaN and "larger" is no order: what is chosen then depends on how the heap is worked.
///
/// Source: `heapq.py` (nlargest) and `_heapqmodule.c` (heapify, heapreplace) of CPython 3.11, for k below 2,500. Slow;
/// ``NeighbourHeap`` gives the same wherever there is no NaN.
enum PythonHeap {
  private struct Item {
    var key: Double
    var place: Int

    /// Python compares (key, order) tuples, and later places have smaller orders.
    static func < (a: Item, b: Item) -> Bool { a.key == b.key ? a.place > b.place : a.key < b.key }
  }

  /// Places in `keys` of the `k` chosen, best first; NaN stays among them where Python keeps it.
  static func largest(_ k: Int, _ keys: [Double]) -> [Int] {
    if k >= keys.count { return sorted(keys.indices.map { Item(key: keys[$0], place: $0) }) }
    if k == 1 {
      var best = 0
      for place in keys.indices where keys[place] > keys[best] { best = place }
      return [best]
    }
    var heap = (0..<k).map { Item(key: keys[$0], place: $0) }
    for root in stride(from: k / 2 - 1, through: 0, by: -1) { siftUp(&heap, root) }
    for place in k..<keys.count where heap[0].key < keys[place] {
      heap[0] = Item(key: keys[place], place: place)
      siftUp(&heap, 0)
    }
    return sorted(heap)
  }

  /// What is not NaN in order, then the rest: who uses the result skips these.
  private static func sorted(_ items: [Item]) -> [Int] {
    let numbers = items.filter { !$0.key.isNaN }.sorted { $1 < $0 }
    return (numbers + items.filter(\.key.isNaN)).map(\.place)
  }

  /// Moves the item down to a leaf along the smaller children, then up to where its parent is not larger.
  private static func siftUp(_ heap: inout [Item], _ start: Int) {
    var hole = start
    while hole < heap.count / 2 {
      var child = 2 * hole + 1
      if child + 1 < heap.count, !(heap[child] < heap[child + 1]) { child += 1 }
      heap.swapAt(hole, child)
      hole = child
    }
    while hole > start {
      let parent = (hole - 1) / 2
      guard heap[hole] < heap[parent] else { break }
      heap.swapAt(hole, parent)
      hole = parent
    }
  }
}
