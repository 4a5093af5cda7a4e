import ApusClient
import Testing

@testable import apus

@Suite("What stats shows")
struct StatsViewTests {
  private func phase(_ counts: [Int: UInt64], sum: UInt64 = 0, longest: UInt64 = .max) -> PhaseReading {
    PhaseReading(name: "score", sumNanos: sum, longestNanos: longest, counts: counts)
  }

  private func nanos(_ bucket: UInt32) -> UInt64 { apus_bucket_nanos(bucket) }

  @Test("a percentile is the middle of the bucket in which it lies, by the stub's own formula")
  func percentiles() {
    for bucket: UInt32 in [0, 1, 31, 32, 63, 64, 200, 500, 894] {
      let middle = (nanos(bucket) + nanos(bucket + 1)) / 2
      #expect(phase([Int(bucket): 10]).quantile(0.5) == middle, "bucket \(bucket)")
    }
    let reading = phase([10: 90, 100: 9, 300: 1])
    #expect(reading.quantile(0.9) == phase([10: 1]).quantile(1))
    #expect(reading.quantile(0.91) == phase([100: 1]).quantile(1))
    #expect(reading.quantile(0.99) == phase([100: 1]).quantile(1))
    #expect(reading.quantile(0.999) == phase([300: 1]).quantile(1))
    #expect(phase([300: 1], longest: 7).quantile(1) == 7, "nothing is longer than the longest")
    #expect(phase([:]).quantile(0.5) == 0 && phase([:]).count == 0)
  }

  @Test("the bounds of buckets of the stub rise, and numbers that are none of a bucket's have some value")
  func bounds() {
    for bucket: UInt32 in 0..<896 { #expect(nanos(bucket) < nanos(bucket + 1)) }
    #expect(nanos(32) == 512 && nanos(896) == 1 << 36 && nanos(.max) == .max)
  }

  @Test("a difference of readings is what came between them; of a server that was started anew, all of it")
  func differences() {
    let early = phase([5: 3, 40: 2], sum: 1_000, longest: 700)
    let late = phase([5: 3, 40: 5, 90: 1], sum: 9_000, longest: 6_000)
    let between = late.since(early)
    #expect(between.counts == [40: 3, 90: 1] && between.sumNanos == 8_000 && between.longestNanos == 6_000)
    let quiet = phase([5: 4, 40: 5, 90: 1], sum: 9_080, longest: 6_000).since(late)
    #expect(quiet.counts == [5: 1] && quiet.longestNanos == nanos(6), "no longer than its bucket")
    #expect(early.since(late).counts == early.counts)
    #expect(early.since(early).counts.isEmpty)
  }

  @Test("intervals are told in milliseconds, seconds, minutes and hours")
  func intervals() {
    #expect(StatsCommand.millis("250ms") == 250 && StatsCommand.millis("1s") == 1_000)
    #expect(StatsCommand.millis("1.5") == 1_500 && StatsCommand.millis("2m") == 120_000)
    #expect(StatsCommand.millis("1h") == 3_600_000)
    for text in ["9ms", "2h", "", "s", "1d", "1 s", "-1s", "1..5s", "nan"] {
      #expect(StatsCommand.millis(text) == nil, "\(text)")
    }
  }

  @Test("amounts of memory are bytes or powers of 1,024 of them")
  func amounts() {
    #expect(WatchArguments.bytes("2GiB") == 2 << 30 && WatchArguments.bytes("800MiB") == 800 << 20)
    #expect(WatchArguments.bytes("123") == 123 && WatchArguments.bytes("7KiB") == 7 << 10)
    for text in ["", "0", "0MiB", "-5", "1GB", "1.5GiB", "MiB", "99999999TiB", "1 GiB"] {
      #expect(WatchArguments.bytes(text) == nil, "\(text)")
    }
  }
}
