extension Range<Int> {
  /// The first number for which `holds`, which must be false up to some place and true from there on; the upper bound
  /// where it never is. Binary search.
  /// - Complexity: O(log count) calls.
  @inlinable @inline(__always)
  package func partitionPoint(_ holds: (Int) -> Bool) -> Int {
    var (low, high) = (lowerBound, upperBound)
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
