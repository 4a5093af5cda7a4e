import Dispatch
import Foundation
import Ranking
import Synchronization

@testable import Feedback

/// A thread whose end and result can be waited for.
final class Background<Result: Sendable>: @unchecked Sendable {
  private let done = DispatchSemaphore(value: 0)
  private let result = Mutex<[Result]>([])

  init(_ body: @escaping @Sendable () -> Result) {
    let thread = Thread { [self] in
      let value = body()
      result.withLock { $0 = [value] }
      done.signal()
    }
    thread.start()
  }

  func join() -> Result {
    done.wait()
    return result.withLock { $0[0] }
  }
}

/// A log whose appends wait while the test holds the gate.
final class SlowLog: FeedbackLog {
  let gate = DispatchSemaphore(value: 1)
  let arrived = DispatchSemaphore(value: 0)
  private(set) var appends = 0
  private(set) var largest = 0
  private let log: LocalLog

  init(_ log: LocalLog) { self.log = log }

  func append(_ events: [FeedbackEvent]) throws(FeedbackError) -> UInt64 {
    arrived.signal()
    gate.wait()
    defer { gate.signal() }
    appends += 1
    largest = max(largest, events.count)
    return try log.append(events)
  }

  func replay(_ body: (FeedbackEvent, UInt64) -> Void) throws(FeedbackError) -> ReplaySummary {
    try log.replay(body)
  }

  func close() { log.close() }
}

/// Submits and waits for the completion.
func submitAndWait(_ service: FeedbackService, _ events: [FeedbackEvent]) -> Result<UInt64, FeedbackError> {
  let done = DispatchSemaphore(value: 0)
  let answer = Mutex<[Result<UInt64, FeedbackError>]>([])
  service.submit(events) { result in
    answer.withLock { $0.append(result) }
    done.signal()
  }
  done.wait()
  return answer.withLock { $0[0] }
}

/// The trials of one tweet.
func trials(_ table: ArmTable, of id: UInt64) -> UInt32 {
  var trials: UInt32 = 0
  var reward: Float = 0
  withUnsafePointer(to: id) { table.lookUp(.init(start: $0, count: 1), trials: &trials, rewards: &reward) }
  return trials
}
