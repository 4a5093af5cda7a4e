import ServerSupport
import Testing

@testable import Serving

@Suite("Buckets of durations")
struct DurationBucketsTests {
  @Test("every duration lies in its bucket, and the buckets lie side by side")
  func bucketsHoldWhatTheyHold() {
    for index in 0..<DurationBuckets.count {
      let (lower, end) = (DurationBuckets.lowerNanos(of: index), DurationBuckets.lowerNanos(of: index + 1))
      #expect(lower < end)
      #expect(DurationBuckets.index(ofNanos: lower) == index && DurationBuckets.index(ofNanos: end - 1) == index)
      #expect(end - lower <= max(16, lower / 32), "bucket \(index) is too wide for two digits")
      #expect((lower..<end).contains(DurationBuckets.middleNanos(of: index)))
    }
    #expect(DurationBuckets.lowerNanos(of: 0) == 0)
    #expect(DurationBuckets.lowerNanos(of: DurationBuckets.count) == DurationBuckets.limitNanos)
  }

  @Test("what is longer than all buckets falls into the last one")
  func longDurations() {
    for nanos in [DurationBuckets.limitNanos, DurationBuckets.limitNanos * 3, UInt64.max] {
      #expect(DurationBuckets.index(ofNanos: nanos) == DurationBuckets.count - 1)
    }
  }
}
