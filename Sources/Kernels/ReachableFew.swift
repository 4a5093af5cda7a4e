/// Of many scores that are known nearly: which could be among the best few?
public enum ReachableFew {
  /// The places of all scores that are not less than the `k`-th largest by more than `slack`, ascending.
  ///
  /// If every score is off by at most `slack` / 2, the best `k` by the true scores are among these, all ties included:
  /// `k` true scores are at least the `k`-th largest score less `slack` / 2, so a true score among the best `k` is not
  /// below that, and the score that stands for it not by another `slack` / 2.
  ///
  /// - Parameters:
  ///   - scores: −infinity is never chosen; with an infinite slack NaN, of which nothing is known, always is.
  ///   - k: at least 1.
  ///   - slack: not negative.
  /// - Complexity: O(n + k log k · log(n / k)) for an order by chance, O(n log k) at worst.
  public static func places(_ scores: UnsafeBufferPointer<Float>, k: Int, slack: Double) -> [UInt32] {
    precondition(k >= 1, "the best \(k)")
    guard let start = scores.baseAddress else { return [] }
    let kth = scores.count > k ? largest(k, start, count: scores.count) : -.infinity
    // Rounding to a Float must not cut off what is just within reach.
    let floor = max(-.greatestFiniteMagnitude, Float(Double(kth) - slack).nextDown)
    var places: [UInt32] = []
    places.reserveCapacity(2 * k)
    for index in 0..<scores.count where !(start[index] < floor) {
      places.append(UInt32(truncatingIfNeeded: index))
    }
    return places
  }

  /// The k-th largest of more than k numbers: a heap of the largest so far with the smallest on top.
  private static func largest(_ k: Int, _ scores: UnsafePointer<Float>, count: Int) -> Float {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: k) { memory in
      guard let heap = memory.baseAddress else { return -.infinity }
      heap.initialize(from: scores, count: k)
      for root in stride(from: k / 2 - 1, through: 0, by: -1) { sink(heap[root], in: heap, from: root, count: k) }
      var smallest = heap[0]
      for index in k..<count where scores[index] > smallest {
        sink(scores[index], in: heap, from: 0, count: k)
        smallest = heap[0]
      }
      return smallest
    }
  }

  /// Puts `moving` in the place of the number at `start`, then down until none below it is smaller.
  @inline(__always)
  private static func sink(_ moving: Float, in heap: UnsafeMutablePointer<Float>, from start: Int, count: Int) {
    var place = start
    while true {
      var child = 2 &* place &+ 1
      guard child < count else { break }
      if child &+ 1 < count, heap[child &+ 1] < heap[child] { child &+= 1 }
      guard heap[child] < moving else { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = moving
  }
}
