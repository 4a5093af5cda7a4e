import Feedback
import Foundation
import Ranking

/// A log in memory whose appends wait at a gate, and fail on demand.
final class GatedLog: FeedbackLog, @unchecked Sendable {
  let gate: Gate
  // A lock that the thread sanitizer understands, unlike `Synchronization.Mutex`.
  private let lock = NSLock()
  private var failure: FeedbackError?
  private var count: UInt64 = 0

  init(gate: Gate = Gate(isOpen: true), failure: FeedbackError? = nil) {
    self.gate = gate
    self.failure = failure
  }

  /// What appends throw from now on; nil: they work.
  func fail(with error: FeedbackError?) { lock.withLock { failure = error } }

  func append(_ entries: [LogEntry]) throws(FeedbackError) -> UInt64 {
    gate.pass()
    let result = lock.withLock { () -> Result<UInt64, FeedbackError> in
      if let failure { return .failure(failure) }
      count += UInt64(entries.count)
      return .success(count)
    }
    return try result.get()
  }

  func replay(after: UInt64, _ body: (LogEntry, UInt64) -> Void) throws(FeedbackError) -> ReplaySummary {
    ReplaySummary(entries: 0, lastSequence: 0)
  }

  func read(after: UInt64, maxBytes: Int) throws(FeedbackError) -> LogSlice { LogSlice() }

  func removeSegments(through: UInt64, keeping: LogRetention) throws(FeedbackError) -> Int { 0 }

  func close() {}
}
