import Ranking

@testable import Feedback

/// A counting semaphore that the thread sanitizer understands.
final class Semaphore: Sendable {
  private let count: Monitor<Int>

  init(_ count: Int) { self.count = Monitor(count) }

  func signal() { count.change { $0 += 1 } }

  func wait() { count.wait(until: { $0 > 0 }, then: { $0 -= 1 }) }
}

/// A log whose appends wait while the test holds the gate.
final class SlowLog: FeedbackLog {
  let gate = Semaphore(1)
  let arrived = Semaphore(0)
  private(set) var appends = 0
  private(set) var largest = 0
  private let log: LocalLog

  init(_ log: LocalLog) { self.log = log }

  func append(_ entries: [LogEntry]) throws(FeedbackError) -> UInt64 {
    arrived.signal()
    gate.wait()
    defer { gate.signal() }
    appends += 1
    largest = max(largest, entries.count)
    return try log.append(entries)
  }

  func replay(after: UInt64, _ body: (LogEntry, UInt64) -> Void) throws(FeedbackError) -> ReplaySummary {
    try log.replay(after: after, body)
  }

  func read(after: UInt64, maxBytes: Int) throws(FeedbackError) -> LogSlice {
    try log.read(after: after, maxBytes: maxBytes)
  }

  func removeSegments(through: UInt64, keeping retention: LogRetention) throws(FeedbackError) -> Int {
    try log.removeSegments(through: through, keeping: retention)
  }

  func close() { log.close() }
}

/// Calls, and waits for the completion.
func wait(
  for body: (@escaping @Sendable (Result<RecordedEvents, FeedbackError>) -> Void) -> Void
) -> Result<RecordedEvents, FeedbackError> {
  let answer = Monitor<Result<RecordedEvents, FeedbackError>?>(nil)
  body { result in answer.change { $0 = result } }
  return answer.wait(until: { $0 != nil }, then: { $0 ?? .failure(.closed) })
}

/// Submits and waits for the completion.
func submitAndWait(_ service: FeedbackService, _ events: [FeedbackEvent]) -> Result<RecordedEvents, FeedbackError> {
  wait { service.submit(events, completion: $0) }
}

/// Events that name no ranking, so that each counts.
func plainEvents(_ count: Int) -> [FeedbackEvent] {
  events(count).map { event in
    var event = event
    event.requestID = 0
    return event
  }
}

/// The trials of one tweet.
func trials(_ table: ArmTable, of id: UInt64) -> UInt32 {
  var trials: UInt32 = 0
  var (reward, expected) = (Float(0), Float(0))
  withUnsafePointer(to: id) {
    table.lookUp(.init(start: $0, count: 1), trials: &trials, rewards: &reward, expected: &expected)
  }
  return trials
}
