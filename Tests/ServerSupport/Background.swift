import Foundation

/// A thread whose end and result can be waited for, for a while.
package final class Background<Value: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var result: Result<Value, any Error>?

  /// Begins at once.
  package init(_ body: @escaping @Sendable () throws -> Value) {
    let thread = Thread { [self] in
      let value = Result { try body() }
      condition.withLock {
        result = value
        condition.broadcast()
      }
    }
    thread.start()
  }

  /// Whether the thread has come to its end.
  package var isDone: Bool { condition.withLock { result != nil } }

  /// The result; throws what the thread threw, or that it did not end in time.
  @discardableResult
  package func join(seconds: Double = 300) throws -> Value {
    let end = Date(timeIntervalSinceNow: seconds)
    return try condition.withLock {
      while result == nil {
        guard condition.wait(until: end) else { throw TestFailure("a thread did not end within \(seconds) s") }
      }
      guard let result else { throw TestFailure("a thread without a result") }
      return result
    }.get()
  }
}
