import CLibuv

/// Calls a handler on the loop's thread each time the process gets a signal.
public final class SignalWatcher: LoopResource {
  private var handler: (() -> Void)?

  /// Watches `signal` (SIGTERM, SIGHUP, …) until ``LoopResource/close()``. Throws where the system refuses, as for
  /// SIGKILL.
  public init(loop: Loop, signal: Int32, handler: @escaping () -> Void) throws(LoopError) {
    self.handler = handler
    super.init(loop: loop, byteCount: MemoryLayout<uv_signal_t>.size)
    try register("watching signal \(signal)") { uv_signal_init($0, pinned(uv_signal_t.self)) }
    let status = uv_signal_start(
      pinned(uv_signal_t.self), { handle, _ in SignalWatcher.fire(handle) }, signal)
    guard status == 0 else {
      close()
      throw LoopError("watching signal \(signal)", status: status)
    }
  }

  override func willClose() { handler = nil }

  private static func fire(_ handle: UnsafeMutablePointer<uv_signal_t>?) {
    guard let owner = handle?.pointee.data else { return }
    Unmanaged<SignalWatcher>.fromOpaque(owner).takeUnretainedValue().handler?()
  }
}
