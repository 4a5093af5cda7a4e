import Foundation
import Synchronization

/// Lines for people, written by a thread of its own: who says something never waits for who reads it.
///
/// Bounded: where the reader of the descriptor does not keep up, the newest lines are dropped, and how many were is said
/// once there is room. The lock is held for the time of appending to an array.
public final class Journal: @unchecked Sendable {
  /// Lines that may wait.
  public static let lineLimit = 1_024
  /// UTF-8 bytes of a line; longer ones are cut.
  public static let lineBytes = 2_048

  private let descriptor: Int32
  private let prefix: String
  private let changed = NSCondition()
  // Guarded by `changed`.
  private var waiting: [String] = []
  private var unsaid = 0
  private var isClosing = false
  private var isIdle = true
  private let droppedLines = Atomic<UInt64>(0)

  /// Writes to a descriptor, which stays the caller's; each line begins with `prefix`.
  public init(descriptor: Int32, prefix: String = "") {
    self.descriptor = descriptor
    self.prefix = prefix
    NamedThread.start("journal") { [self] in write() }
  }

  /// Lines that were never written, since the start. Any thread.
  public var dropped: UInt64 { droppedLines.load(ordering: .relaxed) }

  /// Has one line written, soon. Any thread; never waits for the descriptor.
  public func say(_ line: String) {
    changed.lock()
    defer { changed.unlock() }
    guard !isClosing else { return }
    guard waiting.count < Self.lineLimit else {
      unsaid += 1
      droppedLines.add(1, ordering: .relaxed)
      return
    }
    waiting.append(line)
    changed.broadcast()
  }

  /// Waits until all is written, but not longer than this. Any thread but a loop's.
  /// - Returns: whether all was.
  @discardableResult
  public func flush(withinSeconds seconds: Double) -> Bool {
    let end = Date(timeIntervalSinceNow: seconds)
    changed.lock()
    defer { changed.unlock() }
    while !waiting.isEmpty || unsaid > 0 || !isIdle {
      if !changed.wait(until: end) { return false }
    }
    return true
  }

  /// Takes no more lines, and writes those that wait within this time. The thread ends when it can.
  public func close(withinSeconds seconds: Double) {
    changed.lock()
    isClosing = true
    changed.broadcast()
    changed.unlock()
    flush(withinSeconds: seconds)
  }

  // MARK: The thread

  private func write() {
    while let lines = take() {
      for line in lines { put(line) }
      changed.lock()
      isIdle = true
      changed.broadcast()
      changed.unlock()
    }
  }

  /// What waits, and what is to be said of what does not; nil at the end.
  private func take() -> [String]? {
    changed.lock()
    defer { changed.unlock() }
    while waiting.isEmpty, unsaid == 0 {
      if isClosing { return nil }
      changed.wait()
    }
    var lines = waiting
    if unsaid > 0 {
      lines.append("\(unsaid) line\(unsaid == 1 ? " was" : "s were") dropped here: nobody read them in time")
    }
    waiting.removeAll(keepingCapacity: true)
    unsaid = 0
    isIdle = false
    return lines
  }

  /// Writes a line whole; where the descriptor takes none (a reader that is gone, a full disk) it is lost, and counted.
  private func put(_ line: String) {
    var bytes = Array((prefix + line).utf8.prefix(Self.lineBytes))
    bytes.append(UInt8(ascii: "\n"))
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        start += count
      } else if errno == EAGAIN {
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&room, 1, 1_000)
      } else if errno != EINTR {
        droppedLines.add(1, ordering: .relaxed)
        return
      }
    }
  }
}
