/// What a scan found of one segment.
struct SegmentScan {
  /// After the last record that counts.
  var end = SegmentHeader.byteCount
  /// The sequence after its.
  var next: UInt64
  /// What follows the end, left by an append that was never acknowledged; zeros at the end of the file not counted.
  var bytesDropped = 0
  var damages: [LogDamage] = []
}

/// Reads a segment, whatever its bytes are, and tells what was never acknowledged from what is damaged.
///
/// A record stands where the one before it ends, and its sequence is one higher. Where that fails, the next sound record is
/// looked for at every multiple of 8. Then
/// - none, in the log's last segment: the rest of an append that did not finish; dropped.
/// - none, in another one: damage, unless the next segment begins with just the sequence that is missing, as it does
///   after a failed flush.
/// - only ones of the same append, behind a page that reads as zeros: a power failure kept some pages of an append and lost
///   others, which it can do only before they are flushed, so before anybody was told that they are safe; dropped.
/// - only ones of the same append at another attempt: pages of a write that failed and was rolled back, and of the next
///   one, mixed by a power failure before either was flushed; dropped.
/// - any other: damage; the sound record and what follows it count.
struct SegmentScanner {
  /// What a file system writes and loses as a whole.
  private static let pageBytes = 4_096

  private let path: String
  private let first: UInt64
  /// Sequences from here on do not count: the next segment has them, or nobody was told that they are safe.
  private let limit: UInt64
  private let isLast: Bool
  private let size: Int
  private var window: SegmentWindow
  private var scan: SegmentScan
  private var previous: (start: UInt64, attempt: UInt16)?

  /// Begins with the first record, or with the one at `offset`, whose sequence is then `next`.
  ///
  /// `limit` is the sequence that the next segment begins with; nil: this is the last one.
  init(
    _ file: SegmentFile, first: UInt64, limit: UInt64?, from offset: Int? = nil, next: UInt64? = nil
  ) throws(FeedbackError) {
    path = file.path
    self.first = first
    self.limit = limit ?? .max
    isLast = limit == nil
    window = try SegmentWindow(file)
    size = window.size
    scan = SegmentScan(end: offset ?? SegmentHeader.byteCount, next: next ?? first)
  }

  /// Looks at the header, and says whose segment it is. Throws for a segment of another version.
  @discardableResult
  mutating func checkHeader() throws(FeedbackError) -> NodeIdentity.Span? {
    let verdict = try window.view(from: 0, atLeast: SegmentHeader.byteCount) { [first] in
      SegmentHeader.check($0, first: first)
    }
    switch verdict {
    case .sound(let owner): return owner
    case .version(let got): throw .unknownVersion(path: path, got: got, expected: SegmentHeader.version)
    case .broken: scan.damages.append(LogDamage(path: path, offset: 0, firstLost: first, count: 0))
    }
    return nil
  }

  /// Calls `body` with the records that count until it returns false, and says what there was.
  mutating func run(_ body: (LogRecord) -> Bool) throws(FeedbackError) -> SegmentScan {
    while scan.next < limit {
      if let record = try record(at: scan.end), isExpected(record) {
        if !accept(record, at: scan.end, body) { break }
        continue
      }
      guard let (offset, found) = try resume() else { break }
      scan.damages.append(
        LogDamage(path: path, offset: scan.end, firstLost: scan.next, count: found.sequence - scan.next))
      if !accept(found, at: offset, body) { break }
    }
    return scan
  }

  private func isExpected(_ record: LogRecord) -> Bool {
    guard record.sequence == scan.next else { return false }
    // Without a record before there is nothing to compare with.
    guard let previous, record.appendStart < record.sequence else { return true }
    return previous == (record.appendStart, record.attempt)
  }

  private mutating func accept(_ record: LogRecord, at offset: Int, _ body: (LogRecord) -> Bool) -> Bool {
    scan.end = offset + record.byteCount
    scan.next = record.sequence + 1
    previous = (record.appendStart, record.attempt)
    return body(record)
  }

  /// The record at which to go on behind a place where none stands; nil: none, and `scan` says what that means.
  private mutating func resume() throws(FeedbackError) -> (offset: Int, record: LogRecord)? {
    let content = try window.endOfContent(from: scan.end)
    guard let found = try nextRecord(from: scan.end, before: content) else {
      finish(content: content)
      return nil
    }
    if isLast, try isUnfinishedAppend(found, content: content) {
      finish(content: content)
      return nil
    }
    return found
  }

  /// The scan ends here.
  private mutating func finish(content: Int) {
    if isLast {
      scan.bytesDropped = content - scan.end
    } else if scan.next < limit {
      scan.damages.append(LogDamage(path: path, offset: scan.end, firstLost: scan.next, count: limit - scan.next))
    }
  }

  /// Whether what is missing before `found` was never acknowledged.
  private mutating func isUnfinishedAppend(
    _ found: (offset: Int, record: LogRecord), content: Int
  ) throws(FeedbackError) -> Bool {
    guard found.record.appendStart <= scan.next else { return false }
    let isOfOtherAttempt = previous.map { $0.start == found.record.appendStart && $0.attempt != found.record.attempt }
    if isOfOtherAttempt != true {
      guard try hasLostPage(scan.end..<found.offset) else { return false }
    }
    // An append begins only when the one before it is acknowledged or gone.
    var offset = found.offset + found.record.byteCount
    while let (place, record) = try nextRecord(from: offset, before: content) {
      if record.appendStart > scan.next { return false }
      offset = place + record.byteCount
    }
    return true
  }

  /// Whether a whole page, or all of the first one that lies in the range, reads as zeros.
  private mutating func hasLostPage(_ range: Range<Int>) throws(FeedbackError) -> Bool {
    var start = range.lowerBound
    while true {
      let end = (start / Self.pageBytes + 1) * Self.pageBytes
      if end > range.upperBound { return false }
      if try window.isZero(start..<end) { return true }
      start = end
    }
  }

  private mutating func record(at offset: Int) throws(FeedbackError) -> LogRecord? {
    try window.view(from: offset, atLeast: LogRecord.maxBytes) { [first] in
      LogRecord.decode($0, place: .init(segment: first, offset: offset))
    }
  }

  /// The first sound record at or after `start` whose sequence may come next.
  private mutating func nextRecord(
    from start: Int, before end: Int
  ) throws(FeedbackError) -> (offset: Int, record: LogRecord)? {
    var offset = (start + LogRecord.alignment - 1) / LogRecord.alignment * LogRecord.alignment
    while offset < end {
      let (found, looked) = try window.view(from: offset, atLeast: LogRecord.maxBytes) {
        [first, next = scan.next, limit, size] in
        // Behind this many bytes a record may reach beyond what is in memory.
        let isRest = offset + $0.count >= size
        let safe = isRest ? $0.count : max(LogRecord.alignment, $0.count - LogRecord.maxBytes)
        let found = Self.firstRecord(
          in: $0, before: min(safe, end - offset), at: .init(segment: first, offset: offset), sequences: next..<limit)
        return (found, safe)
      }
      if let found { return (found.place.offset, found) }
      // The file became shorter while it was read.
      if looked == 0 { return nil }
      offset += (looked + LogRecord.alignment - 1) / LogRecord.alignment * LogRecord.alignment
    }
    return nil
  }

  private static func firstRecord(
    in bytes: UnsafeRawBufferPointer, before end: Int, at place: LogRecord.Place, sequences: Range<UInt64>
  ) -> LogRecord? {
    for start in stride(from: 0, to: end, by: LogRecord.alignment) {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
      let record = LogRecord.decode(rest, place: .init(segment: place.segment, offset: place.offset + start))
      if let record, sequences.contains(record.sequence) { return record }
    }
    return nil
  }
}
