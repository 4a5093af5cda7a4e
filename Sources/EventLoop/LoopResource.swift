import CLibuv

/// Something attached to a ``Loop``: the owner of one libuv handle, pinned on the heap.
///
/// From registration until libuv confirms that the handle is closed, libuv holds a reference to the object, so a
/// callback always finds it alive; the memory goes when the object goes, which is never earlier. `close()` is the
/// only way out.
public class LoopResource {
  /// The loop; all methods are called on its thread.
  public let loop: Loop
  /// Whether ``close()`` was called or registration failed; from then on every method is a no-op.
  public private(set) var isClosed = false

  private let memory: UnsafeMutableRawPointer

  /// Zeroed, pinned memory for the handle and whatever requests it needs.
  init(loop: Loop, byteCount: Int) {
    self.loop = loop
    memory = .allocate(byteCount: byteCount, alignment: 16)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  deinit { memory.deallocate() }

  /// The pinned memory at `offset`, seen as one C struct.
  final func pinned<T>(_ type: T.Type, at offset: Int = 0) -> UnsafeMutablePointer<T> {
    (memory + offset).assumingMemoryBound(to: type)
  }

  /// Calls `initialize` (an `uv_*_init`) and, if it succeeded, makes libuv hold this object.
  ///
  /// Returns libuv's status; a closing loop answers `UV_ECANCELED`. After a failure the object is inert.
  final func register(_ initialize: (UnsafeMutablePointer<uv_loop_t>) -> Int32) -> Int32 {
    let status = loop.isClosing ? UV_ECANCELED.rawValue : initialize(loop.raw)
    if status == 0 {
      pinned(uv_handle_t.self).pointee.data = Unmanaged.passRetained(self).toOpaque()
    } else {
      isClosed = true
    }
    return status
  }

  /// ``register(_:)`` for initialisers that report failure.
  final func register(
    _ operation: String, _ initialize: (UnsafeMutablePointer<uv_loop_t>) -> Int32
  ) throws(LoopError) {
    let status = register(initialize)
    if status == 0 { return }
    if loop.isClosing { throw .loopClosed(operation: operation) }
    throw LoopError(operation, status: status)
  }

  /// Detaches this from the loop: no handler is called after it, except a connection's last one. Idempotent.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    willClose()
    uv_close(pinned(uv_handle_t.self)) { handle in LoopResource.didClose(handle) }
  }

  /// Called once before the handle starts to close.
  func willClose() {}

  /// Called once when libuv has let go of the handle.
  func didClose() {}

  /// Closes whatever owns the handle.
  static func close(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    guard let owner = handle?.pointee.data else { return }
    Unmanaged<LoopResource>.fromOpaque(owner).takeUnretainedValue().close()
  }

  private static func didClose(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    guard let owner = handle?.pointee.data else { return }
    Unmanaged<LoopResource>.fromOpaque(owner).takeRetainedValue().didClose()
  }
}
