/// A part of a segment in memory that follows where one looks.
///
/// Memory: ``chunkBytes``.
struct SegmentWindow {
  static let chunkBytes = 1 << 20

  /// Length of the file when this began; what is written later is not seen.
  let size: Int
  private let file: SegmentFile
  private var start = 0
  private var bytes: [UInt8] = []

  init(_ file: SegmentFile) throws(FeedbackError) {
    self.file = file
    size = try file.size()
  }

  /// Calls `body` with bytes from `offset` on: at least `count` of them, or all up to the end of the file.
  mutating func view<R>(
    from offset: Int, atLeast count: Int, _ body: (UnsafeRawBufferPointer) -> R
  ) throws(FeedbackError) -> R {
    let needed = min(offset + count, size)
    if offset < start || needed > start + bytes.count {
      bytes = try file.read(at: offset, count: min(max(Self.chunkBytes, count), max(0, size - offset)))
      start = offset
    }
    let skipped = min(offset - start, bytes.count)
    return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[skipped...])) }
  }

  /// Where the last byte that is not zero ends, at or after `offset`; `offset`: only zeros follow.
  mutating func endOfContent(from offset: Int) throws(FeedbackError) -> Int {
    var end = offset
    var place = offset
    while place < size {
      let (last, count) = try view(from: place, atLeast: 1) { bytes in
        (Self.lastNonZero(in: bytes), bytes.count)
      }
      // The file became shorter while it was read.
      if count == 0 { break }
      if let last { end = place + last + 1 }
      place += count
    }
    return end
  }

  /// Whether all bytes of the range are zeros.
  mutating func isZero(_ range: Range<Int>) throws(FeedbackError) -> Bool {
    try view(from: range.lowerBound, atLeast: range.count) {
      Self.lastNonZero(in: .init(rebasing: $0.prefix(range.count)))
    }
      == nil
  }

  private static func lastNonZero(in bytes: UnsafeRawBufferPointer) -> Int? {
    var end = bytes.count
    while end >= 8, bytes.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self) == 0 { end -= 8 }
    while end > 0, bytes[end - 1] == 0 { end -= 1 }
    return end == 0 ? nil : end - 1
  }
}
