/// Chooses the best few of many scores.
public enum TopK {
  /// Writes the indices of the `k` best scores, best first.
  ///
  /// Higher scores come first, equal ones by smaller key, equal keys too by smaller index: the result is the same as
  /// that of a full sort and depends on no order of work. The `k` best so far are a heap with the worst on top, so a
  /// candidate that cannot enter costs one comparison.
  ///
  /// - Parameters:
  ///   - scores: finite scores. (0 and −0 are equal.)
  ///   - keys: as many tie-breakers.
  ///   - k: how many are wanted; more than there are gives all.
  ///   - order: receives `min(k, scores.count)` indices.
  /// - Complexity: O(n + k log k) on average for a random order, O(n log k) at worst.
  public static func select(
    scores: UnsafeBufferPointer<Float>, keys: UnsafeBufferPointer<UInt64>, k: Int,
    into order: UnsafeMutablePointer<UInt32>
  ) {
    precondition(scores.count == keys.count, "\(scores.count) scores with \(keys.count) keys")
    let kept = min(max(k, 0), scores.count)
    guard kept > 0 else { return }
    let heap = Heap(scores: scores, keys: keys, places: order)
    for index in 0..<kept {
      order[index] = UInt32(truncatingIfNeeded: index)
    }
    for root in stride(from: kept / 2 - 1, through: 0, by: -1) {
      heap.sink(from: root, count: kept)
    }
    for index in kept..<scores.count {
      let candidate = UInt32(truncatingIfNeeded: index)
      if heap.isBetter(candidate, than: order[0]) {
        order[0] = candidate
        heap.sink(from: 0, count: kept)
      }
    }
    // The worst leaves the heap first and takes the last place.
    for last in stride(from: kept - 1, to: 0, by: -1) {
      (order[0], order[last]) = (order[last], order[0])
      heap.sink(from: 0, count: last)
    }
  }

  /// A heap of candidate indices; no place holds a better candidate than the places below it.
  private struct Heap {
    let scores: UnsafeBufferPointer<Float>
    let keys: UnsafeBufferPointer<UInt64>
    let places: UnsafeMutablePointer<UInt32>

    @inline(__always)
    func isBetter(_ a: UInt32, than b: UInt32) -> Bool {
      let scoreA = scores[Int(a)]
      let scoreB = scores[Int(b)]
      if scoreA != scoreB { return scoreA > scoreB }
      let keyA = keys[Int(a)]
      let keyB = keys[Int(b)]
      return keyA != keyB ? keyA < keyB : a < b
    }

    /// Moves the candidate at `start` down until no candidate below it is worse.
    @inline(__always)
    func sink(from start: Int, count: Int) {
      let moving = places[start]
      var place = start
      while true {
        var child = 2 &* place &+ 1
        guard child < count else { break }
        if child &+ 1 < count, isBetter(places[child], than: places[child &+ 1]) {
          child &+= 1
        }
        guard isBetter(moving, than: places[child]) else { break }
        places[place] = places[child]
        place = child
      }
      places[place] = moving
    }
  }
}
