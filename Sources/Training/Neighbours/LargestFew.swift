import Kernels

/// Chooses and orders the best few of many in borrowed memory, without a branch that the CPU cannot foresee.
enum LargestFew {
  /// Up to so many are put in order by counting, for each, those before it.
  private static let countingLimit = 96

  /// Moves the `limit` largest values, with their places, to the front, the largest first; of equal ones those that
  /// come first, in the order given: what Python's `sorted(…, reverse=True)[:limit]` gives.
  ///
  /// - Parameters:
  ///   - values: [count], none of them NaN.
  ///   - places: [count], moved along.
  ///   - work: [count rounded up to a multiple of ``LargerCounts/lanes``] of free memory.
  /// - Returns: how many there are: the smaller of `limit` and `count`.
  /// - Complexity: O(count + limit · log limit) on average (limit² comparisons for a small limit).
  static func sort(
    _ limit: Int, values: UnsafeMutablePointer<Double>, places: UnsafeMutablePointer<UInt32>, count: Int,
    work: UnsafeMutablePointer<Double>
  ) -> Int {
    let kept = min(limit, count)
    guard kept > 0 else { return 0 }
    if kept < count {
      work.update(from: values, count: count)
      let (bound, larger) = boundary(kept, work, count: count)
      var ties = kept - larger
      var next = 0
      for index in 0..<count {
        let value = values[index]
        let isTie = value == bound
        values[next] = value
        places[next] = places[index]
        next &+= value > bound || (isTie && ties > 0) ? 1 : 0
        ties &-= isTie ? 1 : 0
      }
    }
    order(values, places, count: kept, work: work)
    return kept
  }

  /// The `k`-th largest of the values, which get out of order, and how many are larger than it (Hoare, "Find", CACM
  /// 1961, with Lomuto's partition, which needs no branch).
  private static func boundary(
    _ k: Int, _ values: UnsafeMutablePointer<Double>, count: Int
  ) -> (value: Double, larger: Int) {
    var start = 0
    var end = count
    while true {
      let pivot = median(values[start], values[start + (end - start) / 2], values[end - 1])
      // start..<larger exceed the pivot, larger..<smaller equal it.
      let larger = partition(values, start, end) { $0 > pivot }
      if k <= larger {
        end = larger
        continue
      }
      let smaller = partition(values, larger, end) { $0 == pivot }
      if k <= smaller { return (pivot, larger) }
      start = smaller
    }
  }

  /// Moves those of `start..<end` for which the condition holds to the front; returns where the others begin.
  @inline(__always)
  private static func partition(
    _ values: UnsafeMutablePointer<Double>, _ start: Int, _ end: Int, _ isFirst: (Double) -> Bool
  ) -> Int {
    var next = start
    for index in start..<end {
      let value = values[index]
      values[index] = values[next]
      values[next] = value
      next &+= isFirst(value) ? 1 : 0
    }
    return next
  }

  private static func median(_ a: Double, _ b: Double, _ c: Double) -> Double {
    max(min(a, b), min(max(a, b), c))
  }

  /// Sorts by value, largest first, keeping the order of equal ones.
  private static func order(
    _ values: UnsafeMutablePointer<Double>, _ places: UnsafeMutablePointer<UInt32>, count: Int,
    work: UnsafeMutablePointer<Double>
  ) {
    guard count <= countingLimit else {
      // Places need not ascend, so equal values are told apart by where they stand.
      let sorted = (0..<count).sorted { values[$0] > values[$1] || (values[$0] == values[$1] && $0 < $1) }
      let copy = sorted.map { (values[$0], places[$0]) }
      for (index, pair) in copy.enumerated() { (values[index], places[index]) = pair }
      return
    }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 3 * count) { memory in
      guard let moved = memory.baseAddress else { return }
      let larger = moved + count
      let equal = larger + count
      let padded = (count + LargerCounts.lanes - 1) / LargerCounts.lanes * LargerCounts.lanes
      work.update(from: values, count: count)
      for index in count..<padded { work[index] = -.infinity }
      LargerCounts.count(work, count: count, into: larger)
      for index in 0..<count { equal[index] = 0 }
      for index in 0..<count {
        let rank = Int(larger[index])
        let place = rank &+ Int(equal[rank])
        equal[rank] &+= 1
        values[place] = work[index]
        moved[place] = places[index]
      }
      places.update(from: moved, count: count)
    }
  }
}
