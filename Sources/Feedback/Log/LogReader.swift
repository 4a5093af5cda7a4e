/// Reads the log in a folder and changes nothing there: beside the server that writes it, or of a copy.
///
/// What is appended while it is read may or may not be seen; what is at the end of the last segment and not yet
/// acknowledged is not told from what is, which a later reading sets right.
public struct LogReader {
  private let folder: LogFolder

  /// The log in `folder`; throws if there is none, or one of another version.
  public init(folder path: String) throws(FeedbackError) {
    folder = LogFolder(path: path, files: SystemFileOperations())
    guard try !folder.segments().isEmpty else { throw .notALog(path: path, reason: "there is no segment in it") }
  }

  /// Calls `body` with every entry and its sequence, in order.
  ///
  /// - Complexity: O(bytes of the log), 2 MiB of memory.
  public func replay(_ body: (LogEntry, UInt64) -> Void) throws(FeedbackError) -> ReplaySummary {
    let all = LogCatalogue(segments: try folder.segments())
    var summary = ReplaySummary(entries: 0, lastSequence: 0)
    for (index, name) in all.segments.enumerated() {
      let file = try SegmentFile(folder.path(of: name), files: folder.files)
      var scanner = try SegmentScanner(file, first: name.first, limit: all.limit(of: index))
      try scanner.checkHeader()
      let scan = try scanner.run { record in
        summary.entries += 1
        body(record.entry, record.sequence)
        return true
      }
      summary.damages += scan.damages
      summary.bytesDropped += scan.bytesDropped
      summary.lastSequence = max(summary.lastSequence, scan.next - 1)
    }
    return summary
  }
}
