import Foundation

/// A thread that `top -H`, debuggers and crash reports show by its name.
enum NamedThread {
  /// Starts `body` on a thread of its own; of the name at most 15 bytes are shown. `stackBytes` nil: as much stack as
  /// threads have.
  static func start(_ name: String, stackBytes: Int? = nil, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread {
      call(name)
      body()
    }
    if let stackBytes { thread.stackSize = stackBytes }
    thread.start()
  }

  /// Names the current thread by its file: Foundation keeps a name to itself that comes before the system's thread is known
  /// to it, which may be after `body` has begun.
  private static func call(_ name: String) {
    let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = write(descriptor, name, name.utf8.count)
    close(descriptor)
  }
}
