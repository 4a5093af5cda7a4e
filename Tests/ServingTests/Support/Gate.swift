import ServerSupport
import Foundation

/// A door for threads: shut until somebody opens it, and it counts who has come to it.
final class Gate: @unchecked Sendable {
  private let condition = NSCondition()
  private var isOpen: Bool
  private var arrived = 0

  init(isOpen: Bool = false) { self.isOpen = isOpen }

  /// Waits until the gate is open.
  func pass() {
    condition.withLock {
      arrived += 1
      condition.broadcast()
      while !isOpen { condition.wait() }
    }
  }

  func open() { set(true) }
  func shut() { set(false) }

  private func set(_ open: Bool) {
    condition.withLock {
      isOpen = open
      condition.broadcast()
    }
  }

  /// Waits until so many have come, whether they passed or wait.
  func await(arrivals: Int, seconds: Double = 30) throws {
    let end = Date(timeIntervalSinceNow: seconds)
    try condition.withLock {
      while arrived < arrivals {
        guard condition.wait(until: end) else { throw TestFailure("\(arrived) of \(arrivals) came to the gate") }
      }
    }
  }
}
