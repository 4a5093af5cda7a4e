/// Engagements with one tweet by time: the last two hours in steps of five minutes, the last day in hours.
///
/// "Last" is up to the newest one; older ones are not counted, whenever one learns of them. All integers: see
/// ``quick(since:)`` and ``slow(since:)`` for what is read out of them.
struct Trend: Equatable {
  static let buckets = 24
  /// Seconds of a fine bucket.
  static let fineSeconds: UInt32 = 300
  /// Seconds of a coarse bucket.
  static let coarseSeconds: UInt32 = 3_600

  typealias Counts = InlineArray<24, UInt32>

  /// Unix seconds of the newest engagement.
  private(set) var newest: UInt32
  /// Bucket b, the time divided by its seconds, is at b mod 24.
  private(set) var fine: Counts = .init(repeating: 0)
  private(set) var coarse: Counts = .init(repeating: 0)

  init(newest: UInt32) { self.newest = newest }

  /// What was kept before; nil where there are not so many counts.
  init?(newest: UInt32, fine: some Collection<UInt32>, coarse: some Collection<UInt32>) {
    guard fine.count == Self.buckets, coarse.count == Self.buckets else { return nil }
    self.newest = newest
    for (i, count) in fine.enumerated() { self.fine[i] = count }
    for (i, count) in coarse.enumerated() { self.coarse[i] = count }
  }

  /// Learns that there was an engagement at `time`, without counting it.
  mutating func reach(_ time: UInt32) {
    guard time > newest else { return }
    Self.advance(&fine, from: newest / Self.fineSeconds, to: time / Self.fineSeconds)
    Self.advance(&coarse, from: newest / Self.coarseSeconds, to: time / Self.coarseSeconds)
    newest = time
  }

  /// Counts an engagement.
  mutating func count(at time: UInt32) {
    reach(time)
    if let place = finePlace(of: time), fine[place] < .max { fine[place] += 1 }
    if let place = coarsePlace(of: time), coarse[place] < .max { coarse[place] += 1 }
  }

  /// Takes back an engagement that was counted at `time`.
  mutating func discount(at time: UInt32) {
    if let place = finePlace(of: time), fine[place] > 0 { fine[place] -= 1 }
    if let place = coarsePlace(of: time), coarse[place] > 0 { coarse[place] -= 1 }
  }

  /// Forgets the counts of hours up to this one.
  mutating func forget(throughHour hour: UInt32) {
    forEachFine { bucket, place in if bucket / 12 <= hour { fine[place] = 0 } }
    forEachCoarse { bucket, place in if bucket <= hour { coarse[place] = 0 } }
  }

  /// The decayed count as of ``newest`` of the engagements in fine buckets that begin at `since` or later, halving every
  /// half hour.
  func quick(since: UInt32) -> Float {
    decayed(fine, seconds: Self.fineSeconds, halfLife: LiveTweets.quickHalfLife, since: since)
  }

  /// The same of coarse buckets, halving every six hours.
  func slow(since: UInt32) -> Float {
    decayed(coarse, seconds: Self.coarseSeconds, halfLife: LiveTweets.slowHalfLife, since: since)
  }

  /// Engagements in coarse buckets that begin at `start` or later and before `end`.
  func engagements(from start: UInt32, before end: UInt64) -> UInt32 {
    var sum: UInt64 = 0
    forEachCoarse { bucket, place in
      let time = bucket * Self.coarseSeconds
      if time >= start, UInt64(time) < end { sum += UInt64(coarse[place]) }
    }
    return UInt32(clamping: sum)
  }

  static func == (a: Trend, b: Trend) -> Bool {
    a.newest == b.newest && a.fine.indices.allSatisfy { a.fine[$0] == b.fine[$0] && a.coarse[$0] == b.coarse[$0] }
  }
}
