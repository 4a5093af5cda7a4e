/// The records of one append: encoded once, and made valid at each place where they are tried.
struct LogBatch {
  private var writer = ByteWriter()
  /// Where each record ends in the bytes.
  private var ends: [Int] = []

  /// The records, one after the other.
  var bytes: [UInt8] { writer.bytes }
  /// Number of records.
  var count: Int { ends.count }

  /// Puts the entries in the place of those before.
  mutating func encode(_ entries: [LogEntry]) throws(FeedbackError) {
    writer.bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    for entry in entries {
      if case .ranking(let ranking) = entry, !ranking.isWithinLimits {
        throw .entryTooLarge(requestID: ranking.requestID)
      }
      LogRecord.encode(entry, into: &writer)
      ends.append(writer.bytes.count)
    }
  }

  /// Makes the records valid from `offset` of the segment that begins with sequence `segment`.
  mutating func seal(segment: UInt64, offset: Int, firstSequence: UInt64, attempt: UInt16) {
    writer.bytes.withUnsafeMutableBytes { raw in
      var start = 0
      for (index, end) in ends.enumerated() {
        LogRecord.seal(
          UnsafeMutableRawBufferPointer(rebasing: raw[start..<end]),
          place: .init(segment: segment, offset: offset + start), sequence: firstSequence + UInt64(index),
          index: UInt32(truncatingIfNeeded: index), attempt: attempt)
        start = end
      }
    }
  }
}
