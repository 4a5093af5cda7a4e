import Foundation

/// A thread that `top -H`, debuggers and crash reports show by its name.
enum NamedThread {
  /// Starts `body` on a thread of its own; of the name at most 15 bytes are shown.
  static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    Thread {
      // A name that is set before the start Foundation keeps to itself.
      Thread.current.name = name
      body()
    }.start()
  }
}
