import Glibc

/// Looks at the log of a state folder without its lock, and changes nothing: files are opened for reading only.
///
/// Beside a running server it sees what was in the log when it came to the last segment.
public struct LogReader: Sendable {
  /// The state folder.
  public let path: String
  private let folder: LogFolder

  /// Throws where the folder cannot be listed, or holds a log of another version.
  public init(folder path: String) throws(FeedbackError) {
    self.path = path
    folder = LogFolder(path: path, files: SystemFileOperations(isReadOnly: true))
    _ = try folder.segments()
  }

  /// Whether a server uses the folder now.
  public var isInUse: Bool { StateFolder.isLocked(path) }

  /// Calls `body` with every entry up to sequence `through`, in order, and says what there is.
  ///
  /// - Complexity: O(bytes of the log), the last segment twice; 2 MiB of memory.
  public func read(
    through: UInt64 = .max, _ body: (LogEntry, UInt64) -> Void
  ) throws(FeedbackError) -> LogContents {
    var contents = LogContents()
    // Asked before: a server that has just ended has left a whole log.
    let isInUse = isInUse
    let names = try folder.segments()
    for (index, name) in names.enumerated() {
      let isLast = index + 1 == names.count
      let limit = isLast ? nil : names[index + 1].first
      guard let file = try open(name) else { continue }
      var segment = LogContents.Segment(name, bytes: try file.size())
      var end = limit
      if isLast {
        let scan = try scan(file, name, limit: nil) { _ in true }
        (end, contents.bytesDropped) = (scan.next, isInUse ? 0 : scan.bytesDropped)
      }
      // What a server appends during the first scan may look like damage, but not any more in a second one, which ends
      // where the first one did.
      let scan = try scan(file, name, limit: end) { record in
        guard record.sequence <= through else { return false }
        segment.count(record)
        body(record.entry, record.sequence)
        return record.sequence < through
      }
      contents.segments.append(segment)
      contents.damages += scan.damages
      contents.lastSequence = max(contents.lastSequence, segment.lastSequence)
      if segment.lastSequence >= through { break }
    }
    return contents
  }

  private func scan(
    _ file: SegmentFile, _ name: SegmentName, limit: UInt64?, _ body: (LogRecord) -> Bool
  ) throws(FeedbackError) -> SegmentScan {
    var scanner = try SegmentScanner(file, first: name.first, limit: limit)
    try scanner.checkHeader()
    return try scanner.run(body)
  }

  /// The file of a segment, also where a start has just put it aside; nil: a server has just given it back.
  private func open(_ name: SegmentName) throws(FeedbackError) -> SegmentFile? {
    for name in [name, SegmentName(first: name.first, isDamaged: true)] {
      do throws(FeedbackError) { return try SegmentFile(folder.path(of: name), files: folder.files) } catch {
        guard case .inputOutput(_, _, ENOENT) = error else { throw error }
      }
    }
    return nil
  }
}
