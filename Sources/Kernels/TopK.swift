/// Chooses the best few of many scores.
///
/// Unlike ``LargestFew`` for Floats with 64-bit tie-breakers, in columns that stay as they are; any part may be wanted.
public enum TopK {
  /// From this many wanted sorting beats the heap.
  private static let sortingThreshold = 64
  /// Up to so many candidates are sorted, since an index and its score's digits share 32 bits.
  private static let sortingLimit = 1 << 16
  /// Candidates up to which equals are put in order one by one.
  private static let fewest = 24

  /// Writes the indices of the `k` best scores, best first.
  ///
  /// Higher scores come first, equal ones by smaller key, equal keys too by smaller index: the result is the same as
  /// that of a full sort and depends on no order of work. Few of many are kept in a heap with the worst on top, so a
  /// candidate that cannot enter costs one comparison; a large part of them is sorted by digits of the scores.
  ///
  /// - Parameters:
  ///   - scores: finite scores, fewer than 2^32. (0 and −0 are equal.)
  ///   - keys: as many tie-breakers.
  ///   - k: how many are wanted; more than there are gives all.
  ///   - order: receives `min(k, scores.count)` indices.
  ///   - spare: room for twice as many indices as there are scores, or nil: it is then allocated where it is needed.
  /// - Complexity: O(n + k log k) on average, O(n log n) at worst.
  public static func select(
    scores: UnsafeBufferPointer<Float>, keys: UnsafeBufferPointer<UInt64>, k: Int,
    into order: UnsafeMutablePointer<UInt32>, spare: UnsafeMutablePointer<UInt32>? = nil
  ) {
    precondition(scores.count == keys.count, "\(scores.count) scores with \(keys.count) keys")
    let kept = min(max(k, 0), scores.count)
    guard kept > 0 else { return }
    guard kept >= sortingThreshold, kept >= scores.count / 8, scores.count < sortingLimit else {
      return selectByHeap(scores: scores, keys: keys, kept: kept, into: order)
    }
    if let spare {
      selectByDigits(scores: scores, keys: keys, kept: kept, into: order, spare: spare)
    } else {
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * scores.count) { memory in
        guard let spare = memory.baseAddress else { return }
        selectByDigits(scores: scores, keys: keys, kept: kept, into: order, spare: spare)
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

  /// Sorts all candidates by sixteen bits of their distance from the best score, a byte at a time, which takes no
  /// mispredicted branches; then those whose bits are the same by the scores themselves, as far as they are wanted.
  ///
  /// Subtracting from the best score and multiplying by a positive number are monotone in floating point too, so a
  /// better score never has greater bits.
  private static func selectByDigits(
    scores: UnsafeBufferPointer<Float>, keys: UnsafeBufferPointer<UInt64>, kept: Int,
    into order: UnsafeMutablePointer<UInt32>, spare: UnsafeMutablePointer<UInt32>
  ) {
    let count = scores.count
    let (sorted, other) = (spare, spare + count)
    var (best, worst) = (scores[0], scores[0])
    for index in 0..<count {
      best = scores[index] > best ? scores[index] : best
      worst = scores[index] < worst ? scores[index] : worst
    }
    let scale = Float(UInt16.max) / (best - worst)
    // Scores that are all the same, or whose distances are no numbers, all get the same bits.
    let isSpread = scale.isFinite && scale > 0
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 512) { memory in
      guard let low = memory.baseAddress else { return }
      let high = low + 256
      low.update(repeating: 0, count: 512)
      for index in 0..<count {
        let bits = isSpread ? distanceBits(best - scores[index], scale) : 0
        sorted[index] = bits &<< 16 | UInt32(truncatingIfNeeded: index)
        low[Int(bits & 255)] &+= 1
        high[Int(bits &>> 8)] &+= 1
      }
      var (lowSum, highSum) = (UInt16(0), UInt16(0))
      for digit in 0..<256 {
        (low[digit], lowSum) = (lowSum, lowSum &+ low[digit])
        (high[digit], highSum) = (highSum, highSum &+ high[digit])
      }
      for index in 0..<count { put(sorted[index], digit: sorted[index] &>> 16 & 255, low, into: other) }
      for index in 0..<count { put(other[index], digit: other[index] &>> 24, high, into: sorted) }
    }
    for index in 0..<count { other[index] = sorted[index] & 0xFFFF }
    var start = 0
    while start < kept {
      var end = start &+ 1
      while end < count, sorted[end] &>> 16 == sorted[start] &>> 16 { end &+= 1 }
      if end &- start > 1 { sort(other + start, count: end &- start, scores: scores, keys: keys) }
      start = end
    }
    order.update(from: other, count: kept)
  }

  @inline(__always)
  private static func distanceBits(_ distance: Float, _ scale: Float) -> UInt32 {
    let place = distance * scale
    return place < Float(UInt16.max) ? UInt32(place) : UInt32(UInt16.max)
  }

  /// Puts a number at the next place of its digit.
  @inline(__always)
  private static func put(
    _ number: UInt32, digit: UInt32, _ places: UnsafeMutablePointer<UInt16>, into target: UnsafeMutablePointer<UInt32>
  ) {
    let place = places[Int(digit)]
    target[Int(place)] = number
    places[Int(digit)] = place &+ 1
  }

  /// Puts candidates in order: few of them by insertion, many by heap.
  private static func sort(
    _ places: UnsafeMutablePointer<UInt32>, count: Int,
    scores: UnsafeBufferPointer<Float>, keys: UnsafeBufferPointer<UInt64>
  ) {
    let heap = CandidateHeap(scores: scores, keys: keys, places: places)
    if count > fewest {
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
