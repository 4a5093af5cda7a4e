import Glibc

/// The log in a local folder: segments of records (``SegmentHeader``, ``LogRecord``). An append is one write and one
/// `fdatasync`.
///
/// An append that cannot be written is rolled back. After a failed `fdatasync` the system may have dropped pages that it
/// will never again report, so that segment is not used any more: the batch is written anew to a new one, whose first
/// sequence says how much of the old one counts. What a crash leaves, and what is damaged, is said by ``SegmentScanner``.
public final class LocalLog: FeedbackLog {
  /// Length of a segment, but for one that holds a larger append.
  public static let segmentBytes = 64 << 20

  /// The segment that is written to.
  private struct Active {
    let first: UInt64
    let file: SegmentFile
    /// Length of the part that is safe.
    var end: Int
    let capacity: Int
  }

  let folder: LogFolder
  let catalogue: Monitor<LogCatalogue>
  /// Where the last ``read(after:maxBytes:)`` ended.
  let readPosition = Monitor(ReadPosition(segment: 0, sequence: 0, offset: 0))
  /// The names of its node, as of the opening; nil: it has none.
  public let identity: NodeIdentity?
  private let segmentBytes: Int
  /// The name of new entries.
  private var owner: NodeIdentity.Span?
  // Held for its lock.
  private var lock: StateFolder?
  private var active: Active?
  /// The sequence of the next entry, known after the first replay.
  private(set) var next: UInt64?
  private var batch = LogBatch()
  private var attempt = UInt16.random(in: .min ... .max)

  /// Opens or creates the log in `folder`, which is created if absent and locked against other servers, and finds or
  /// makes the names of its node.
  public convenience init(folder: String) throws(FeedbackError) {
    let lock = try StateFolder(path: folder)
    let files = SystemFileOperations()
    let owners = try LogFolder(path: folder, files: files).owners()
    let identity = try NodeIdentity.read(folder: folder, owners: owners)
    try self.init(folder: folder, lock: lock, files: files, identity: identity)
  }

  /// The same, in a folder that exists, with the calls that use files as an argument.
  init(
    folder path: String, lock: StateFolder?, files: any FileOperations, identity: NodeIdentity? = nil,
    segmentBytes: Int = LocalLog.segmentBytes
  ) throws(FeedbackError) {
    self.lock = lock
    self.identity = identity
    owner = identity?.last
    self.segmentBytes = segmentBytes
    folder = LogFolder(path: path, files: files)
    catalogue = Monitor(LogCatalogue(segments: try folder.segments()))
    try folder.removeUnfinished()
    guard segments.isEmpty else { return }
    // A folder that nothing can be written to is found now. A full disk may have space again when there is an event.
    do throws(FeedbackError) { try begin(first: 1) } catch { if !error.isOfFullDisk { throw error } }
  }

  deinit { close() }

  /// Gives back unused space and lets others use the folder. Idempotent.
  public func close() {
    retire()
    catalogue.change { $0.isOpen = false }
    lock = nil
  }

  /// Writes the entries behind the last one and waits until they are durable.
  ///
  /// - Complexity: O(bytes of the entries); one write, one `fdatasync`, unless a segment is full or failed.
  public func append(_ entries: [LogEntry]) throws(FeedbackError) -> UInt64 {
    try checkOpen()
    if next == nil { _ = try replay(after: 0) { _, _ in } }
    let first = next ?? 1
    guard !entries.isEmpty else { return first - 1 }
    guard first + UInt64(entries.count) - 1 <= LogRecord.lastSequence else {
      throw .notALog(path: folder.path, reason: "its sequences are used up at \(first)")
    }
    try batch.encode(entries)
    do throws(FeedbackError) {
      try record(first: first)
    } catch {
      guard case .poisoned = error else { throw error }
      // Once more, in a new segment.
      do throws(FeedbackError) { try record(first: first) } catch let second {
        throw second.isOfFullDisk ? second : error
      }
    }
    let last = first + UInt64(entries.count) - 1
    next = last + 1
    catalogue.change { $0.durable = last }
    return last
  }

  /// Reads what is behind `after`, cuts off what was never acknowledged, and puts damaged segments aside.
  ///
  /// - Complexity: O(bytes of the segments that are not wholly at or before `after`), 2 MiB of memory.
  public func replay(
    after: UInt64, _ body: (LogEntry, UInt64) -> Void
  ) throws(FeedbackError) -> ReplaySummary {
    try checkOpen()
    let after = min(after, LogRecord.lastSequence)
    let all = catalogue.change { $0 }
    var summary = ReplaySummary(entries: 0, lastSequence: 0)
    if let first = all.segments.first, first.first - 1 > after {
      summary.damages.append(
        LogDamage(path: folder.path(of: first), offset: 0, firstLost: after + 1, count: first.first - 1 - after))
    }
    var end = next ?? 1
    for (index, name) in all.segments.enumerated() {
      let following = all.limit(of: index)
      if let following, following - 1 <= after { continue }
      let file = try SegmentFile(folder.path(of: name), files: folder.files)
      var scanner = try SegmentScanner(file, first: name.first, limit: following ?? next)
      let isOurs = try scanner.checkHeader() == owner || owner == nil
      let scan = try scanner.run { record in
        guard record.sequence > after else { return true }
        summary.entries += 1
        body(record.entry, record.sequence)
        return true
      }
      summary.damages += scan.damages
      if !scan.damages.isEmpty, !name.isDamaged { quarantine(name) }
      guard following == nil, next == nil else { continue }
      summary.bytesDropped = scan.bytesDropped
      end = scan.next
      // A segment says whose its entries are; those of a later name begin another one.
      if scan.damages.isEmpty, !name.isDamaged, isOurs { try resume(file, first: name.first, scan) }
    }
    if end - 1 < after {
      // What is missing is in the caller's hands; its sequences must not come twice.
      retire()
      end = after + 1
    }
    next = end
    catalogue.change { $0.durable = end - 1 }
    summary.lastSequence = end - 1
    return summary
  }

  /// What is appended from now on has another name, and so a segment of its own.
  public func rename(to identity: NodeIdentity) {
    retire()
    owner = identity.last
  }

  /// The present segments.
  var segments: [SegmentName] { catalogue.change { $0.segments } }

  func checkOpen() throws(FeedbackError) {
    guard catalogue.change({ $0.isOpen }) else { throw .closed }
  }

  /// Writes the batch and makes it durable. After a throw nothing of it counts.
  private func record(first: UInt64) throws(FeedbackError) {
    var segment = try segmentWithRoom(first: first)
    attempt &+= 1
    batch.seal(segment: segment.first, offset: segment.end, firstSequence: first, attempt: attempt)
    do throws(FeedbackError) {
      try segment.file.write(batch.bytes, at: segment.end)
      try segment.file.synchronize()
    } catch {
      let isCut = segment.file.truncate(to: segment.end)
      // A full disk says nothing against the segment; all else does.
      if !isCut || !error.isOfFullDisk { active = nil }
      throw error
    }
    segment.end += batch.bytes.count
    active = segment
  }

  /// The segment that the batch goes to.
  private func segmentWithRoom(first: UInt64) throws(FeedbackError) -> Active {
    if let active, active.end + batch.bytes.count <= active.capacity { return active }
    return try begin(first: first)
  }

  /// Begins a new segment.
  @discardableResult
  private func begin(first: UInt64) throws(FeedbackError) -> Active {
    retire()
    let capacity = max(segmentBytes, SegmentHeader.byteCount + batch.bytes.count)
    let file = try folder.create(first: first, owner: owner, capacity: capacity)
    catalogue.change { $0.add(SegmentName(first: first)) }
    let segment = Active(first: first, file: file, end: SegmentHeader.byteCount, capacity: capacity)
    active = segment
    return segment
  }

  /// Goes on at the end of the last segment.
  private func resume(_ file: SegmentFile, first: UInt64, _ scan: SegmentScan) throws(FeedbackError) {
    if scan.bytesDropped > 0 { guard file.truncate(to: scan.end) else { return } }
    // What a process wrote that was killed then may not be durable yet. Where this fails a new segment is begun, and the
    // rest of this one does not count.
    do throws(FeedbackError) { try file.synchronize() } catch { return }
    if try file.size() < segmentBytes { file.preallocate(segmentBytes, used: scan.end) }
    active = Active(first: first, file: file, end: scan.end, capacity: segmentBytes)
  }

  /// Writes to the present segment no more.
  private func retire() {
    if let active { _ = active.file.truncate(to: active.end) }
    active = nil
  }

  private func quarantine(_ name: SegmentName) {
    guard !segments.contains(SegmentName(first: name.first, isDamaged: true)),
      let damaged = folder.quarantine(name)
    else { return }
    catalogue.change { catalogue in
      if let index = catalogue.segments.firstIndex(of: name) { catalogue.segments[index] = damaged }
    }
  }
}
