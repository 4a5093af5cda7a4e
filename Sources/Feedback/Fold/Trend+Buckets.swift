import Glibc

extension Trend {
  /// Where a time's counts are; nil: before the buckets that are kept.
  func finePlace(of time: UInt32) -> Int? { Self.place(time / Self.fineSeconds, newest: newest / Self.fineSeconds) }
  func coarsePlace(of time: UInt32) -> Int? {
    Self.place(time / Self.coarseSeconds, newest: newest / Self.coarseSeconds)
  }

  private static func place(_ bucket: UInt32, newest: UInt32) -> Int? {
    newest - bucket < UInt32(buckets) ? Int(bucket) % buckets : nil
  }

  /// Empties the places of buckets that come into view.
  static func advance(_ counts: inout Counts, from old: UInt32, to new: UInt32) {
    for step in 0..<min(new - old, UInt32(buckets)) { counts[Int(new - step) % buckets] = 0 }
  }

  func forEachFine(_ body: (_ bucket: UInt32, _ place: Int) -> Void) {
    Self.forEach(newest / Self.fineSeconds, body)
  }

  func forEachCoarse(_ body: (_ bucket: UInt32, _ place: Int) -> Void) {
    Self.forEach(newest / Self.coarseSeconds, body)
  }

  /// The buckets in view, newest first.
  private static func forEach(_ newest: UInt32, _ body: (UInt32, Int) -> Void) {
    for step in 0...min(newest, UInt32(buckets - 1)) { body(newest - step, Int(newest - step) % buckets) }
  }

  /// Σ count · 2^(−age / half-life), where the age of a bucket is that of its middle, and of the newest bucket that of
  /// the middle of the part that has passed. Newest first, in doubles: equal counts give equal bits.
  func decayed(_ counts: Counts, seconds: UInt32, halfLife: Double, since: UInt32) -> Float {
    var sum = 0.0
    Self.forEach(newest / seconds) { bucket, place in
      guard counts[place] > 0, bucket * seconds >= since else { return }
      let start = Double(bucket) * Double(seconds)
      let middle = (start + min(start + Double(seconds), Double(newest))) / 2
      sum += Double(counts[place]) * exp2((middle - Double(newest)) / halfLife)
    }
    return Float(sum)
  }
}
