import Glibc

/// Old segments: shipped, and given back.
extension LocalLog {
  /// Behind an entry that was read: where the next read most likely begins.
  struct ReadPosition {
    /// First sequence of the segment.
    var segment: UInt64
    var sequence: UInt64
    var offset: Int
  }

  /// Durable entries behind `after` in one segment. Any thread; calls wait for each other, not for appends.
  ///
  /// - Complexity: O(`maxBytes`) where a call continues the one before, else O(bytes of a segment).
  public func read(after: UInt64, maxBytes: Int) throws(FeedbackError) -> LogSlice {
    while true {
      let all = catalogue.change { $0 }
      guard all.isOpen else { throw .closed }
      guard after < all.durable, !all.segments.isEmpty else { return LogSlice() }
      do throws(FeedbackError) {
        for index in all.index(after: after)..<all.segments.count {
          let slice = try read(all.segments[index], limit: all.limit(of: index), all.durable, after, maxBytes)
          if slice.count > 0 { return slice }
        }
        return LogSlice()
      } catch {
        // A segment may go while it is looked for.
        guard case .inputOutput(_, _, ENOENT) = error, segments != all.segments else { throw error }
      }
    }
  }

  private func read(
    _ name: SegmentName, limit: UInt64?, _ durable: UInt64, _ after: UInt64, _ maxBytes: Int
  ) throws(FeedbackError) -> LogSlice {
    let file = try SegmentFile(folder.path(of: name), files: folder.files)
    let last = readPosition.change { $0 }
    let continues = last.segment == name.first && last.sequence == after && after > 0
    var scanner = try SegmentScanner(
      file, first: name.first, limit: min(limit ?? .max, durable + 1), from: continues ? last.offset : nil,
      next: continues ? after + 1 : nil)
    var slice = LogSlice()
    var position = last
    _ = try scanner.run { record in
      guard record.sequence > after else { return true }
      guard slice.add(record, maxBytes: maxBytes) else { return false }
      position = ReadPosition(
        segment: name.first, sequence: record.sequence, offset: record.place.offset + record.byteCount)
      return true
    }
    if slice.count > 0 { readPosition.change { [position] in $0 = position } }
    return slice
  }

  /// Removes segments that have no entry behind `through`, the oldest first, but never the last one, until the rest is
  /// within `retention`.
  public func removeSegments(through: UInt64, keeping retention: LogRetention) throws(FeedbackError) -> Int {
    try checkOpen()
    var removed = 0
    var files: [(bytes: Int, age: Int64)] = []
    for name in segments {
      let file = try SegmentFile(folder.path(of: name), files: folder.files)
      files.append((try file.size(), file.age))
    }
    var bytes = files.reduce(0) { $0 + $1.bytes }
    // Should a removed name come back after a power failure, the next removal takes it.
    defer { if removed > 0 { _ = folder.files.synchronizeFolder(folder.path) } }
    while segments.count > 1, segments[1].first - 1 <= through {
      let isOld = retention.seconds.map { files[removed].age > $0 } ?? false
      guard isOld || bytes > retention.bytes else { break }
      let path = folder.path(of: segments[0])
      bytes -= files[removed].bytes
      let code = folder.files.remove(path)
      guard code == 0 || code == ENOENT else { throw .inputOutput(path: path, operation: "remove", code: code) }
      catalogue.change { _ = $0.segments.removeFirst() }
      removed += 1
    }
    return removed
  }
}
