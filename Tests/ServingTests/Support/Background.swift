import ServerSupport
import Foundation

/// A thread whose end and result can be waited for, for a while.
final class Background<Value: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var result: Result<Value, any Error>?

  init(_ body: @escaping @Sendable () throws -> Value) {
    let thread = Thread { [self] in
      let value = Result { try body() }
      condition.withLock {
        result = value
        condition.broadcast()
      }
    }
    thread.start()
  }

  /// The result; throws what the thread threw, or that it did not end in time.
  @discardableResult
  func join(seconds: Double = 60) throws -> Value {
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
