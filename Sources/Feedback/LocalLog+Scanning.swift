import Glibc
import Ranking

/// What the bytes of a log are.
struct LogScan: Equatable {
  /// Where the valid part ends.
  var end: Int
  /// What follows it, left by an append that was never acknowledged.
  var bytesDropped: Int
}

extension LocalLog {
  /// Bytes read at a time; a multiple of the record size.
  private static let chunkBytes = 1 << 20

  /// Reads the whole log; changes nothing.
  func scan(_ body: (FeedbackEvent, UInt64) -> Void) throws(FeedbackError) -> LogScan {
    let size = try fileSize()
    var end = LogHeader.byteCount
    while end < size {
      let chunk = try read(at: end, count: min(Self.chunkBytes, size - end))
      let start = end
      let isWhole = chunk.withUnsafeBytes { raw in
        for place in stride(from: 0, to: raw.count, by: LogRecord.byteCount) {
          guard let record = Self.record(in: raw, at: place, fileOffset: end) else { return false }
          body(record.event, record.sequence)
          end += LogRecord.byteCount
        }
        return true
      }
      if !isWhole {
        try checkTail(from: end, size: size)
        return LogScan(end: end, bytesDropped: size - end)
      }
      // The file became shorter while it was read: nobody else may write here.
      if end == start { throw .damaged(path: path, offset: end, reason: "the file ends too early") }
    }
    return LogScan(end: end, bytesDropped: 0)
  }

  /// Throws unless what begins with a broken record at `broken` can be the rest of an append that did not finish.
  ///
  /// No sound record may follow, with one exception: a power failure may lose any of the sectors that were not yet
  /// flushed. So zeros may stand before sound records of the same append, which was then never acknowledged.
  private func checkTail(from broken: Int, size: Int) throws(FeedbackError) {
    let brokenSequence = Self.sequence(at: broken)
    var onlyZerosSoFar = true
    var offset = broken
    while offset < size {
      let chunk = try read(at: offset, count: min(Self.chunkBytes, size - offset))
      if chunk.isEmpty { return }
      let verdict = chunk.withUnsafeBytes { raw in
        for place in stride(from: 0, to: raw.count, by: LogRecord.byteCount) {
          if let record = Self.record(in: raw, at: place, fileOffset: offset + place) {
            if !onlyZerosSoFar || record.appendStart > brokenSequence { return false }
          } else {
            let bytes = raw[place..<min(place + LogRecord.byteCount, raw.count)]
            onlyZerosSoFar = onlyZerosSoFar && bytes.allSatisfy { $0 == 0 }
          }
        }
        return true
      }
      if !verdict {
        throw .damaged(
          path: path, offset: broken, reason: "record \(brokenSequence) is broken, but sound records follow it")
      }
      offset += chunk.count
    }
  }

  private static func record(in chunk: UnsafeRawBufferPointer, at place: Int, fileOffset: Int) -> LogRecord? {
    guard place + LogRecord.byteCount <= chunk.count else { return nil }
    let bytes = UnsafeRawBufferPointer(rebasing: chunk[place..<place + LogRecord.byteCount])
    return LogRecord.decode(bytes, offset: fileOffset, expected: sequence(at: fileOffset))
  }

  /// The length of the file, which must be a regular one.
  func fileSize() throws(FeedbackError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .inputOutput(path: path, operation: "inspect", code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notALog(path: path, reason: "it is not a regular file") }
    return Int(status.st_size)
  }

  /// Up to `count` bytes from `offset`; fewer at the end of the file.
  func read(at offset: Int, count: Int) throws(FeedbackError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { return }
        filled += got
      }
    }
    guard failure == 0 else { throw .inputOutput(path: path, operation: "read", code: failure) }
    return bytes
  }
}
