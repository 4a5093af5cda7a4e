/// Chooses the best few of many scores.
///
/// Unlike ``LargestFew`` for Floats with 64-bit tie-breakers, in columns that stay as they are; any part may be wanted.
public enum TopK {
  /// From this many wanted a radix sort beats the heap.
  private static let radixThreshold = 64

  /// Writes the indices of the `k` best scores, best first.
  ///
  /// Higher scores come first, equal ones by smaller key, equal keys too by smaller index: the result is the same as
  /// that of a full sort and depends on no order of work. Few of many are kept in a heap with the worst on top, so a
  /// candidate that cannot enter costs one comparison; a large part of them is sorted by radix, which takes no
  /// mispredicted branches.
  ///
  /// - Parameters:
  ///   - scores: finite scores, fewer than 2^32. (0 and −0 are equal.)
  ///   - keys: as many tie-breakers.
  ///   - k: how many are wanted; more than there are gives all.
  ///   - order: receives `min(k, scores.count)` indices.
  /// - Complexity: O(n + k log k) on average for a random order, O(n log k) at worst. From 64 wanted on it takes
  ///   temporary memory of 16 bytes a candidate.
  public static func select(
    scores: UnsafeBufferPointer<Float>, keys: UnsafeBufferPointer<UInt64>, k: Int,
    into order: UnsafeMutablePointer<UInt32>
  ) {
    precondition(scores.count == keys.count, "\(scores.count) scores with \(keys.count) keys")
    let kept = min(max(k, 0), scores.count)
    guard kept > 0 else { return }
    if kept >= radixThreshold, kept >= scores.count / 8 {
      selectByRadix(scores: scores, keys: keys, kept: kept, into: order)
    } else {
      selectByHeap(scores: scores, keys: keys, kept: kept, into: order)
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

  /// Sorts all candidates by score, then those of equal score by key.
  private static func selectByRadix(
    scores: UnsafeBufferPointer<Float>, keys: UnsafeBufferPointer<UInt64>, kept: Int,
    into order: UnsafeMutablePointer<UInt32>
  ) {
    let count = scores.count
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * count) { memory in
      guard let base = memory.baseAddress else { return }
      for index in 0..<count {
        base[index] = UInt64(descendingBits(scores[index])) &<< 32 | UInt64(truncatingIfNeeded: index)
      }
      let sorted = RadixSort.byUpperHalf(base, spare: base + count, count: count)
      var start = 0
      // A run of equal scores may reach past the last wanted place; then its best must be found all the same.
      while start < kept {
        var end = start &+ 1
        while end < count, sorted[end] &>> 32 == sorted[start] &>> 32 {
          end &+= 1
        }
        if end &- start == 1 {
          order[start] = UInt32(truncatingIfNeeded: sorted[start])
        } else {
          sortRun(sorted + start, count: end - start, scores: scores, keys: keys)
          for place in start..<min(end, kept) {
            order[place] = UInt32(truncatingIfNeeded: sorted[place])
          }
        }
        start = end
      }
    }
  }

  /// Puts candidates of one score in order of their keys.
  private static func sortRun(
    _ run: UnsafeMutablePointer<UInt64>, count: Int,
    scores: UnsafeBufferPointer<Float>, keys: UnsafeBufferPointer<UInt64>
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { memory in
      guard let places = memory.baseAddress else { return }
      for index in 0..<count {
        places[index] = UInt32(truncatingIfNeeded: run[index])
      }
      let heap = CandidateHeap(scores: scores, keys: keys, places: places)
      heap.build(count: count)
      heap.unfold(count: count)
      for index in 0..<count {
        run[index] = UInt64(places[index])
      }
    }
  }

  /// Bits that ascend as scores descend; the same for 0 and −0.
  @inline(__always)
  private static func descendingBits(_ score: Float) -> UInt32 {
    let bits = (score + 0).bitPattern
    // Positive numbers: the larger, the smaller after inversion. Negative ones already ascend with their size.
    return bits &>> 31 == 0 ? ~bits & 0x7FFF_FFFF : bits
  }
}
