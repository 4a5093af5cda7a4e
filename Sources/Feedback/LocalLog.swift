import Glibc
import Ranking

/// The log in one file, `feedback.log`, of a local folder.
///
/// A header (``LogHeader``), then records (``LogRecord``). An append is one write and one `fdatasync`.
///
/// What a crash or a power failure can leave, records of the append that was never acknowledged, is cut off at the next
/// start and counted in ``ReplaySummary/bytesDropped``. Anything else that is wrong is refused with its offset, and the
/// file is left as it is. A failed write is undone; a failed `fdatasync` poisons the log, since the system may have
/// dropped pages that it will never again report.
public final class LocalLog: FeedbackLog {
  /// The file.
  public let path: String

  let files: any FileOperations
  private(set) var descriptor: Int32
  // Held for its lock.
  private var folder: StateFolder?
  /// Length of the valid part, known after the first replay.
  var end: Int?
  private var poison: FeedbackError?
  private var buffer: [UInt8] = []

  /// Opens or creates the log in `folder`, which is created if absent and locked against other servers.
  public convenience init(folder: String) throws(FeedbackError) {
    try self.init(folder: folder, files: SystemFileOperations())
  }

  /// The same, with the calls that change files as an argument.
  init(folder path: String, files: any FileOperations) throws(FeedbackError) {
    let folder = try StateFolder(path: path)
    self.folder = folder
    self.path = path + "/feedback.log"
    self.files = files
    descriptor = open(self.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o644)
    guard descriptor >= 0 else { throw .cannotUse(folder: path, operation: "open feedback.log", code: errno) }
    do throws(FeedbackError) {
      try prepareHeader(folder)
    } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  /// Closes the file and lets others use the folder. Idempotent.
  public func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
    folder = nil
  }

  /// Writes the events at the end of the file and waits until they are durable.
  ///
  /// - Complexity: O(events); one write, one `fdatasync`.
  public func append(_ events: [FeedbackEvent]) throws(FeedbackError) -> UInt64 {
    guard descriptor >= 0 else { throw .closed }
    if let poison { throw poison }
    let end = try validEnd()
    let last = LocalLog.sequence(at: end) - 1
    guard !events.isEmpty else { return last }
    encode(events, at: end)
    do throws(FeedbackError) {
      try write(buffer, at: end)
    } catch {
      try undo(to: end)
      throw error
    }
    let code = files.synchronize(descriptor)
    guard code == 0 else {
      // Nothing of this may be acknowledged; that a later start finds some of it is allowed.
      _ = files.truncate(descriptor, to: end)
      throw poisoned("flush", code)
    }
    self.end = end + buffer.count
    return last + UInt64(events.count)
  }

  /// Reads the file from its beginning and cuts off what was never acknowledged.
  ///
  /// - Complexity: O(file), 1 MiB of memory.
  public func replay(_ body: (FeedbackEvent, UInt64) -> Void) throws(FeedbackError) -> ReplaySummary {
    guard descriptor >= 0 else { throw .closed }
    let scan = try scan(body)
    if scan.bytesDropped > 0 { try undo(to: scan.end) }
    end = scan.end
    let last = LocalLog.sequence(at: scan.end) - 1
    return ReplaySummary(events: last, lastSequence: last, bytesDropped: scan.bytesDropped)
  }

  /// The sequence of the record at an offset.
  static func sequence(at offset: Int) -> UInt64 {
    UInt64((offset - LogHeader.byteCount) / LogRecord.byteCount) + 1
  }

  /// Length of the valid part; replays the log if nobody has.
  private func validEnd() throws(FeedbackError) -> Int {
    if end == nil { _ = try replay { _, _ in } }
    return end ?? LogHeader.byteCount
  }

  private func encode(_ events: [FeedbackEvent], at end: Int) {
    let first = LocalLog.sequence(at: end)
    buffer.removeAll(keepingCapacity: true)
    buffer.append(contentsOf: repeatElement(0, count: events.count * LogRecord.byteCount))
    buffer.withUnsafeMutableBytes { raw in
      for i in events.indices {
        let start = i * LogRecord.byteCount
        LogRecord(event: events[i], sequence: first + UInt64(i), appendStart: first).encode(
          into: UnsafeMutableRawBufferPointer(rebasing: raw[start..<start + LogRecord.byteCount]), offset: end + start)
      }
    }
  }

  /// Writes all bytes; signals and short writes are continued.
  private func write(_ bytes: [UInt8], at offset: Int) throws(FeedbackError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        files.write(UnsafeRawBufferPointer(rebasing: raw[written...]), to: descriptor, at: offset + written)
      }
      if count == -Int(EINTR) { continue }
      // A write of nothing would be tried for ever.
      guard count > 0 else {
        let code = count == 0 ? ENOSPC : Int32(truncatingIfNeeded: -count)
        throw .inputOutput(path: path, operation: "write to", code: code)
      }
      written += count
    }
  }

  /// Cuts the file to its last good length.
  private func undo(to length: Int) throws(FeedbackError) {
    let code = files.truncate(descriptor, to: length)
    if code != 0 { throw poisoned("shorten", code) }
  }

  private func poisoned(_ operation: String, _ code: Int32) -> FeedbackError {
    let error = FeedbackError.poisoned(path: path, operation: operation, code: code)
    poison = error
    return error
  }

  /// Checks the header, or writes it where there is none yet.
  private func prepareHeader(_ folder: StateFolder) throws(FeedbackError) {
    let size = try fileSize()
    let bytes = try read(at: 0, count: LogHeader.byteCount)
    guard LogHeader.isUnfinished(bytes, fileBytes: size) else { return try LogHeader.check(bytes, path: path) }
    try write(LogHeader.encoded(), at: 0)
    let code = files.synchronize(descriptor)
    guard code == 0 else { throw .inputOutput(path: path, operation: "flush", code: code) }
    try folder.synchronize()
  }
}
