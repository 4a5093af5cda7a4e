/// Chooses and orders the best few of many in borrowed memory, without a branch that the CPU cannot foresee.
///
/// Not ``TopK``: Doubles without keys, and so large a part of them is chosen that a heap's branches would go either
/// way.
package enum LargestFew {
  /// Up to so many are put in order by counting, for each, those before it.
  private static let countingLimit = 96

  /// Moves the `limit` largest values, with their places, to the front, the largest first; of equal ones those that
  /// come first, in the order given: what Python's `sorted(…, reverse=True)[:limit]` gives.
  ///
  /// - Parameters:
  ///   - values: [count], not negative, none of them NaN or −0.
  ///   - places: [count], moved along.
  ///   - work: [2 · count + ``LargerCounts/lanes``] of free memory.
  /// - Returns: how many there are: the smaller of `limit` and `count`.
  /// - Complexity: O(count + limit · log limit) on average (limit² comparisons for a small limit).
  package static func sort(
    _ limit: Int, values: UnsafeMutablePointer<Double>, places: UnsafeMutablePointer<UInt32>, count: Int,
    work: UnsafeMutablePointer<Double>
  ) -> Int {
    let kept = min(limit, count)
    guard kept > 0 else { return 0 }
    if kept < count {
      let (bound, larger) = boundary(kept, values, count: count, work: work)
      var left = kept - larger
      var next = 0
      for index in 0..<count {
        let value = values[index]
        let exceeds = isLess(bound, value)
        let ties = 1 &- exceeds &- isLess(value, bound)
        values[next] = value
        places[next] = places[index]
        next &+= exceeds &+ (ties & isLess(0, left))
        left &-= ties
      }
    }
    order(values, places, count: kept, work: work)
    return kept
  }

  /// The `k`-th largest of the values, and how many are larger than it: Hoare's "Find" (CACM 1961), but each round
  /// writes the larger and the smaller to separate places, always both, so that nothing waits for a comparison.
  private static func boundary(
    _ k: Int, _ values: UnsafePointer<Double>, count: Int, work: UnsafeMutablePointer<Double>
  ) -> (value: Double, larger: Int) {
    var (source, size) = (values, count)
    var (kept, spare) = (work, work + count)
    var before = 0
    while true {
      let pivot = median(source[0], source[size / 2], source[size - 1])
      // The larger overwrite what has been read, unless that belongs to the caller.
      var larger = 0
      var smaller = 0
      for index in 0..<size {
        let value = source[index]
        kept[larger] = value
        spare[smaller] = value
        larger &+= isLess(pivot, value)
        smaller &+= isLess(value, pivot)
      }
      if k <= before + larger {
        size = larger
      } else if k <= before + size - smaller {
        return (pivot, before + larger)
      } else {
        before += size - smaller
        size = smaller
        swap(&kept, &spare)
      }
      source = UnsafePointer(kept)
    }
  }

  /// 1 if a < b, else 0, by arithmetic: the compiler would make a branch of a comparison. Not negative, their bits
  /// are in their order.
  @inline(__always)
  private static func isLess(_ a: Double, _ b: Double) -> Int {
    Int(truncatingIfNeeded: (a.bitPattern &- b.bitPattern) &>> 63)
  }

  /// The same of numbers that are not far apart.
  @inline(__always)
  private static func isLess(_ a: Int, _ b: Int) -> Int {
    Int(truncatingIfNeeded: UInt64(bitPattern: Int64(a &- b)) &>> 63)
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
