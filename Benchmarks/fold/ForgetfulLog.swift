import Feedback

/// A log that counts entries and keeps none: what is measured is what a server does beside writing.
final class ForgetfulLog: FeedbackLog {
  private var last: UInt64 = 0

  func append(_ entries: [LogEntry]) throws(FeedbackError) -> UInt64 {
    last += UInt64(entries.count)
    return last
  }

  func replay(after: UInt64, _ body: (LogEntry, UInt64) -> Void) throws(FeedbackError) -> ReplaySummary {
    ReplaySummary(entries: 0, lastSequence: last)
  }

  func read(after: UInt64, maxBytes: Int) throws(FeedbackError) -> LogSlice { LogSlice() }

  func removeSegments(through: UInt64, keeping retention: LogRetention) throws(FeedbackError) -> Int { 0 }

  func close() {}
}
