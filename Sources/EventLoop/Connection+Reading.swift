import CLibuv
import Glibc

extension Connection {
  /// Reads whatever comes, until ``stopReading()`` or the peer's end.
  public func startReading() {
    guard isOpen, !isReading, !hasReachedEnd else { return }
    receive()
  }

  /// Leaves what comes in the kernel, so that the peer must wait. A connection that neither reads nor writes is not told
  /// that the peer is gone; ``isPeerGone`` asks.
  public func stopReading() {
    guard isReading else { return }
    isReading = false
    uv_read_stop(stream)
  }

  /// Whether the peer has reset the connection, or closed both of its directions; one system call.
  public var isPeerGone: Bool {
    var descriptor: Int32 = -1
    guard !isClosed, uv_fileno(pinned(uv_handle_t.self), &descriptor) == 0 else { return false }
    var state = pollfd(fd: descriptor, events: 0, revents: 0)
    return poll(&state, 1, 0) > 0 && state.revents & Int16(POLLERR | POLLHUP) != 0
  }

  /// Has libuv deliver bytes into the loop's buffer.
  func receive() {
    let status = uv_read_start(
      stream,
      { handle, _, buffer in Connection.of(handle) { $0.lend(buffer) } },
      { handle, count, buffer in Connection.of(handle) { $0.received(count, buffer) } })
    if status == 0 { isReading = true } else { fail("read", status: status) }
  }

  private func lend(_ buffer: UnsafeMutablePointer<uv_buf_t>?) {
    buffer?.pointee.base = loop.readBuffer.baseAddress?.assumingMemoryBound(to: CChar.self)
    buffer?.pointee.len = loop.readBuffer.count
  }

  private func received(_ count: Int, _ buffer: UnsafePointer<uv_buf_t>?) {
    guard !isClosed, count != 0 else { return }
    if count < 0 {
      ended(Int32(truncatingIfNeeded: count))
    } else if phase == .open, let delegate {
      delegate.connection(self, didRead: UnsafeRawBufferPointer(start: buffer?.pointee.base, count: count))
    } else {
      discard(count)
    }
  }

  private func ended(_ status: Int32) {
    isReading = false
    guard status == UV_EOF.rawValue else { return fail("read", status: status) }
    uv_read_stop(stream)
    hasReachedEnd = true
    if phase == .open { delegate?.connectionDidReachEnd(self) } else { close() }
  }
}
