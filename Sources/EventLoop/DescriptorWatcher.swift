import CLibuv
import Glibc

/// Says when a descriptor that somebody else owns, a C library for instance, can be read or written.
///
/// The owner closes the descriptor after ``LoopResource/close()``, never before.
public final class DescriptorWatcher: LoopResource {
  /// What the kernel said of the descriptor.
  public enum News: Equatable, Sendable {
    /// Reading or writing, as far as asked for, would not block.
    case ready(readable: Bool, writable: Bool)
    /// The descriptor has an error, told as an errno; nothing more is watched until ``watch(readable:writable:)``.
    case failed(code: Int32)
    /// The loop is closing, and this was the last word.
    case loopClosed
  }

  private let descriptor: Int32
  private var handler: ((News) -> Void)?
  private var watched: Int32 = 0

  /// Watches nothing yet; makes the descriptor non-blocking. Lives until ``LoopResource/close()``, after which nothing
  /// is told, or until the loop is closed, of which the handler hears.
  public init(loop: Loop, descriptor: Int32, handler: @escaping (News) -> Void) throws(LoopError) {
    self.descriptor = descriptor
    self.handler = handler
    super.init(loop: loop, byteCount: MemoryLayout<uv_poll_t>.size)
    try register("watching a descriptor") { uv_poll_init($0, pinned(uv_poll_t.self), descriptor) }
  }

  /// Says from now on when the descriptor can be read and written, or neither. Told again in each turn while it holds.
  public func watch(readable: Bool, writable: Bool) {
    let events = Int32((readable ? UV_READABLE.rawValue : 0) | (writable ? UV_WRITABLE.rawValue : 0))
    guard !isClosed, events != watched else { return }
    watched = events
    if events == 0 {
      uv_poll_stop(pinned(uv_poll_t.self))
    } else {
      uv_poll_start(pinned(uv_poll_t.self), events) { handle, status, events in
        DescriptorWatcher.fire(handle, status, events)
      }
    }
  }

  override func willClose() {
    let last = handler
    handler = nil
    if loop.isClosing { last?(.loopClosed) }
  }

  private static func fire(_ handle: UnsafeMutablePointer<uv_poll_t>?, _ status: Int32, _ events: Int32) {
    guard let owner = handle?.pointee.data else { return }
    Unmanaged<DescriptorWatcher>.fromOpaque(owner).takeUnretainedValue().tell(status, events)
  }

  private func tell(_ status: Int32, _ events: Int32) {
    guard status == 0 else {
      watched = 0
      handler?(.failed(code: pendingError(otherwise: -status)))
      return
    }
    handler?(
      .ready(
        readable: events & Int32(UV_READABLE.rawValue) != 0, writable: events & Int32(UV_WRITABLE.rawValue) != 0))
  }

  /// The socket's own error: libuv says of each of them only that the descriptor is bad.
  private func pendingError(otherwise code: Int32) -> Int32 {
    var pending: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    let status = getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &pending, &length)
    return status == 0 && pending != 0 ? pending : code
  }
}
