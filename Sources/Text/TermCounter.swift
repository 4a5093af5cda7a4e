/// Counts how often each term number occurs in one document, and gives the counts in ascending order of the numbers.
///
/// A bit per term remembers which counts are not zero, and a bit per 64 of these bits which of them to look at. So
/// reading the terms in order needs no sorting, and clearing touches only what was used, even with a million terms. The
/// memory is for all terms and is made once.
struct TermCounter {
  private var counts: [UInt32]
  private var isPresent: [UInt64]
  private var hasPresent: [UInt64]

  init(termCount: Int) {
    counts = [UInt32](repeating: 0, count: termCount)
    isPresent = [UInt64](repeating: 0, count: (termCount + 63) / 64)
    hasPresent = [UInt64](repeating: 0, count: (isPresent.count + 63) / 64)
  }

  @inline(__always)
  mutating func add(_ term: UInt32) {
    counts[Int(term)] &+= 1
    isPresent[Int(term >> 6)] |= 1 << UInt64(term & 63)
    hasPresent[Int(term >> 12)] |= 1 << UInt64(term >> 6 & 63)
  }

  /// Adds all of these numbers, each below the number of terms.
  /// - Complexity: O(numbers).
  @inline(__always)
  mutating func add(_ terms: UnsafeBufferPointer<UInt32>) {
    counts.withUnsafeMutableBufferPointer { counts in
      isPresent.withUnsafeMutableBufferPointer { isPresent in
        hasPresent.withUnsafeMutableBufferPointer { hasPresent in
          for term in terms {
            counts[Int(term)] &+= 1
            isPresent[Int(term >> 6)] |= 1 << UInt64(term & 63)
            hasPresent[Int(term >> 12)] |= 1 << UInt64(term >> 6 & 63)
          }
        }
      }
    }
  }

  /// Calls `body` with each term that was added and its count, terms ascending, and forgets them.
  /// - Complexity: O(termCount / 4096 + different terms).
  @inline(__always)
  mutating func drain(_ body: (_ term: UInt32, _ count: UInt32) -> Void) {
    counts.withUnsafeMutableBufferPointer { counts in
      isPresent.withUnsafeMutableBufferPointer { isPresent in
        for group in hasPresent.indices where hasPresent[group] != 0 {
          var words = hasPresent[group]
          hasPresent[group] = 0
          while words != 0 {
            let word = group << 6 | words.trailingZeroBitCount
            words &= words &- 1
            var bits = isPresent[word]
            isPresent[word] = 0
            while bits != 0 {
              let term = word << 6 | bits.trailingZeroBitCount
              bits &= bits &- 1
              body(UInt32(truncatingIfNeeded: term), counts[term])
              counts[term] = 0
            }
          }
        }
      }
    }
  }
}
