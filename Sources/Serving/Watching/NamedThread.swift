import Foundation

/// A thread that `top -H`, debuggers and crash reports show by its name.
enum NamedThread {
  /// Starts `body` on a thread of its own; of the name at most 15 bytes are shown.
  static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    Thread {
      // Foundation takes a name that is set before the start for itself, and does not tell the system.
      pthread_setname_np(pthread_self(), name)
      body()
    }.start()
  }
}
