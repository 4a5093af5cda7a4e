import ApusClient
import Serving

/// The durations of one phase: since the server's start, or between two readings.
struct PhaseReading {
  let name: String
  private(set) var sumNanos: UInt64
  /// The longest, exactly since the start, else to the precision of a bucket.
  private(set) var longestNanos: UInt64
  /// By bucket, how many; those that are not empty.
  private(set) var counts: [Int: UInt64]

  init(_ it: apus_phase) {
    name = it.name.map { String(cString: $0) } ?? ""
    sumNanos = it.sum_nanos
    longestNanos = it.max_nanos
    counts = [:]
    for i in 0..<it.bucket_count where it.counts[i] > 0 { counts[Int(it.buckets[i]), default: 0] &+= it.counts[i] }
  }

  /// Made up, for tests and differences.
  init(name: String, sumNanos: UInt64, longestNanos: UInt64, counts: [Int: UInt64]) {
    (self.name, self.sumNanos, self.longestNanos, self.counts) = (name, sumNanos, longestNanos, counts)
  }

  /// What came after an earlier reading of the same server; all of it where the server was started anew in between.
  func since(_ earlier: PhaseReading) -> PhaseReading {
    guard earlier.counts.allSatisfy({ counts[$0.key, default: 0] >= $0.value }) else { return self }
    var later = self
    for (bucket, count) in earlier.counts {
      let left = counts[bucket, default: 0] - count
      later.counts[bucket] = left == 0 ? nil : left
    }
    later.sumNanos = sumNanos >= earlier.sumNanos ? sumNanos - earlier.sumNanos : 0
    // A longer one than ever before is known exactly.
    if longestNanos <= earlier.longestNanos {
      let bucketEnd = later.counts.keys.max().map { DurationBuckets.lowerNanos(of: $0 + 1) } ?? 0
      later.longestNanos = min(longestNanos, bucketEnd)
    }
    return later
  }

  /// Durations in all buckets.
  var count: UInt64 { counts.values.reduce(0, &+) }

  /// The duration that this share of all, 0 to 1, does not exceed, in nanoseconds: the middle of its bucket. 0 if there are none.
  func quantile(_ share: Double) -> UInt64 {
    let count = count
    guard count > 0 else { return 0 }
    let rank = UInt64(max(1, (share * Double(count)).rounded(.up)))
    var passed: UInt64 = 0
    for bucket in counts.keys.sorted() {
      passed &+= counts[bucket, default: 0]
      if passed >= rank { return min(DurationBuckets.middleNanos(of: bucket), longestNanos) }
    }
    return longestNanos
  }
}
