/// Chooses the best few of many scores.
///
/// Unlike ``LargestFew`` for Floats with 64-bit tie-breakers, in columns that stay as they are; any part may be wanted.
public enum TopK {
  /// From this many wanted sorting beats the heap.
  private static let sortingThreshold = 64
  /// Buckets that scores are dealt to: their counts take 1 KiB, which is on the stack.
  private static let buckets = 256
  /// Candidates of one bucket up to which they are put in order one by one.
  private static let smallBucket = 24

  /// Writes the indices of the `k` best scores, best first.
  ///
  /// Higher scores come first, equal ones by smaller key, equal keys too by smaller index: the result is the same as
  /// that of a full sort and depends on no order of work. Few of many are kept in a heap with the worst on top, so a
  /// candidate that cannot enter costs one comparison; a large part of them is dealt to buckets of equal width between
  /// the best score and the worst, of which only those that are wanted are put in order.
  ///
  /// - Parameters:
  ///   - scores: finite scores, fewer than 2^32. (0 and −0 are equal.)
  ///   - keys: as many tie-breakers.
  ///   - k: how many are wanted; more than there are gives all.
  ///   - order: receives `min(k, scores.count)` indices.
  ///   - spare: room for as many indices as there are scores, or nil: it is then allocated where it is needed.
  /// - Complexity: O(n + k log k) on average, O(n log n) at worst.
  public static func select(
    scores: UnsafeBufferPointer<Float>, keys: UnsafeBufferPointer<UInt64>, k: Int,
    into order: UnsafeMutablePointer<UInt32>, spare: UnsafeMutablePointer<UInt32>? = nil
  ) {
    precondition(scores.count == keys.count, "\(scores.count) scores with \(keys.count) keys")
    let kept = min(max(k, 0), scores.count)
    guard kept > 0 else { return }
    guard kept >= sortingThreshold, kept >= scores.count / 8 else {
      return selectByHeap(scores: scores, keys: keys, kept: kept, into: order)
    }
    if let spare {
      selectByBuckets(scores: scores, keys: keys, kept: kept, into: order, spare: spare)
    } else {
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: scores.count) { memory in
        guard let spare = memory.baseAddress else { return }
        selectByBuckets(scores: scores, keys: keys, kept: kept, into: order, spare: spare)
      }
    }
  }

  private static func selectByHeap(
    scores: UnsafeBufferPointer<Float>, keys: UnsafeBufferPointer<UInt64>, kept: Int,
    into order: UnsafeMutablePointer<UInt32>
  ) {
    let heap = CandidateHeap(scores: scores, keys: keys, places: order)
    for index in 0..<kept {
      order[index] = UInt32(truncatingIfNeeded: index)
    }
    heap.build(count: kept)
    for index in kept..<scores.count {
      heap.replaceWorst(ifBetter: UInt32(truncatingIfNeeded: index), count: kept)
    }
    heap.unfold(count: kept)
  }

  /// Deals all candidates to buckets, best bucket first, and puts the buckets in order that hold the first `kept`.
  ///
  /// Subtracting from the best score and multiplying by a positive number are monotone in floating point too, so a
  /// better score is never in a later bucket.
  private static func selectByBuckets(
    scores: UnsafeBufferPointer<Float>, keys: UnsafeBufferPointer<UInt64>, kept: Int,
    into order: UnsafeMutablePointer<UInt32>, spare: UnsafeMutablePointer<UInt32>
  ) {
    let count = scores.count
    var (best, worst) = (scores[0], scores[0])
    for index in 0..<count {
      best = scores[index] > best ? scores[index] : best
      worst = scores[index] < worst ? scores[index] : worst
    }
    let scale = Float(buckets - 1) / (best - worst)
    // Scores that are all the same, or whose distances are no numbers, are put in order as one bucket.
    guard scale.isFinite, scale > 0 else {
      for index in 0..<count { spare[index] = UInt32(truncatingIfNeeded: index) }
      sort(spare, count: count, scores: scores, keys: keys)
      return order.update(from: spare, count: kept)
    }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: buckets) { memory in
      guard let ends = memory.baseAddress else { return }
      ends.update(repeating: 0, count: buckets)
      for index in 0..<count { ends[bucket(best - scores[index], scale)] &+= 1 }
      var sum: UInt32 = 0
      for place in 0..<buckets { (ends[place], sum) = (sum, sum &+ ends[place]) }
      for index in 0..<count {
        let place = bucket(best - scores[index], scale)
        spare[Int(ends[place])] = UInt32(truncatingIfNeeded: index)
        ends[place] &+= 1
      }
      var (start, place) = (0, 0)
      while start < kept {
        let end = Int(ends[place])
        if end &- start > 1 { sort(spare + start, count: end &- start, scores: scores, keys: keys) }
        (start, place) = (end, place &+ 1)
      }
    }
    order.update(from: spare, count: kept)
  }

  @inline(__always)
  private static func bucket(_ distance: Float, _ scale: Float) -> Int {
    let place = distance * scale
    return place < Float(buckets - 1) ? Int(place) : buckets - 1
  }

  /// Puts candidates in order: few of them by insertion, many by heap.
  @inline(__always)
  private static func sort(
    _ places: UnsafeMutablePointer<UInt32>, count: Int,
    scores: UnsafeBufferPointer<Float>, keys: UnsafeBufferPointer<UInt64>
  ) {
    let heap = CandidateHeap(scores: scores, keys: keys, places: places)
    if count > smallBucket {
      heap.build(count: count)
      heap.unfold(count: count)
      return
    }
    for next in 1..<count {
      let moving = places[next]
      var place = next
      while place > 0, heap.isBetter(moving, than: places[place &- 1]) {
        places[place] = places[place &- 1]
        place &-= 1
      }
      places[place] = moving
    }
  }
}
