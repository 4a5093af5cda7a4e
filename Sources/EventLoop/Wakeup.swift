import CLibuv

/// Calls a handler on the loop's thread soon after any thread asked for it.
///
/// Signals that come before the handler ran are one signal.
public final class Wakeup: LoopResource, @unchecked Sendable {
  // Guards the handle against a signal from another thread while the loop's thread closes it.
  private let isOpen = Guarded(true)
  private var handler: (() -> Void)?

  /// Lives until ``LoopResource/close()``. Throws where the system has no descriptor for it.
  public init(loop: Loop, handler: @escaping () -> Void) throws(LoopError) {
    self.handler = handler
    super.init(loop: loop, byteCount: MemoryLayout<uv_async_t>.size)
    do throws(LoopError) {
      try register("creating a wakeup") {
        uv_async_init($0, pinned(uv_async_t.self)) { handle in Wakeup.fire(handle) }
      }
    } catch {
      isOpen.withLock { $0 = false }
      throw error
    }
  }

  /// Asks for the handler, from any thread. Harmless after close.
  public func signal() {
    isOpen.withLock { if $0 { uv_async_send(pinned(uv_async_t.self)) } }
  }

  override func willClose() {
    isOpen.withLock { $0 = false }
    handler = nil
  }

  private static func fire(_ handle: UnsafeMutablePointer<uv_async_t>?) {
    guard let owner = handle?.pointee.data else { return }
    Unmanaged<Wakeup>.fromOpaque(owner).takeUnretainedValue().handler?()
  }
}
