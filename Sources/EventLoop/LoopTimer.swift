import CLibuv

/// Calls a handler after a while, once or again and again.
public final class LoopTimer: LoopResource {
  private var handler: (() -> Void)?

  /// A timer that is not yet running. It lives until ``LoopResource/close()``.
  public init(loop: Loop, handler: @escaping () -> Void) {
    self.handler = handler
    super.init(loop: loop, byteCount: MemoryLayout<uv_timer_t>.size)
    // Initialising a timer cannot fail; on a closing loop the timer stays inert.
    _ = register { uv_timer_init($0, pinned(uv_timer_t.self)) }
  }

  /// Runs `afterMillis` from now (monotonic), then every `everyMillis`; 0: only once. Restarts a running timer.
  public func start(afterMillis: UInt64, everyMillis: UInt64 = 0) {
    guard !isClosed else { return }
    uv_update_time(loop.raw)
    uv_timer_start(pinned(uv_timer_t.self), { handle in LoopTimer.fire(handle) }, afterMillis, everyMillis)
  }

  /// Stops the timer; it can be started again.
  public func stop() {
    if !isClosed { uv_timer_stop(pinned(uv_timer_t.self)) }
  }

  /// Whether the handler will be called.
  public var isRunning: Bool { !isClosed && uv_is_active(pinned(uv_handle_t.self)) != 0 }

  override func willClose() { handler = nil }

  private static func fire(_ handle: UnsafeMutablePointer<uv_timer_t>?) {
    guard let owner = handle?.pointee.data else { return }
    Unmanaged<LoopTimer>.fromOpaque(owner).takeUnretainedValue().handler?()
  }
}
