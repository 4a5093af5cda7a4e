/// Sorting of packed numbers without comparisons.
enum RadixSort {
  private static let digitBits = 8
  private static let buckets = 1 << digitBits

  /// Sorts by the upper 32 bits, ascending and stable, one byte at a time from the lowest.
  ///
  /// - Parameters:
  ///   - numbers: `count` numbers; overwritten.
  ///   - spare: room for as many.
  ///   - count: below 2^32.
  /// - Returns: where the sorted numbers are: in `numbers` or in `spare`.
  /// - Complexity: O(count + 1024); a byte in which all numbers agree is skipped.
  static func byUpperHalf(
    _ numbers: UnsafeMutablePointer<UInt64>, spare: UnsafeMutablePointer<UInt64>, count: Int
  ) -> UnsafeMutablePointer<UInt64> {
    var source = numbers
    var target = spare
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: buckets) { memory in
      guard let places = memory.baseAddress else { return source }
      for shift in stride(from: UInt64(32), to: 64, by: digitBits) {
        places.update(repeating: 0, count: buckets)
        for index in 0..<count {
          places[digit(source[index], shift)] &+= 1
        }
        if Int(places[digit(source[0], shift)]) == count { continue }
        var sum: UInt32 = 0
        for bucket in 0..<buckets {
          (places[bucket], sum) = (sum, sum &+ places[bucket])
        }
        for index in 0..<count {
          let number = source[index]
          let bucket = digit(number, shift)
          target[Int(places[bucket])] = number
          places[bucket] &+= 1
        }
        swap(&source, &target)
      }
      return source
    }
  }

  @inline(__always)
  private static func digit(_ number: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (number &>> shift) & UInt64(buckets - 1))
  }
}
