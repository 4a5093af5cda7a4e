/// Which segments a log has, and how far they are safe: what its readers and its writer share.
struct LogCatalogue {
  /// In order; of one that took a damaged one's place both.
  var segments: [SegmentName]
  /// The last sequence that is durable.
  var durable: UInt64 = 0
  var isOpen = true

  /// The sequence that the segment behind `index` begins with; nil: it is the last one.
  func limit(of index: Int) -> UInt64? { index + 1 < segments.count ? segments[index + 1].first : nil }

  /// Where the entry behind sequence `after` is, or the first one behind it.
  func index(after: UInt64) -> Int { max(0, (segments.lastIndex { $0.first - 1 <= after } ?? 0)) }

  /// Adds a segment behind all others, or none where it replaced the last one.
  mutating func add(_ name: SegmentName) {
    if segments.last != name { segments.append(name) }
  }
}
