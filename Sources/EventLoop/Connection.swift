import CLibuv

/// One connection, TCP or Unix: bytes in, bytes out, one last word when it ends.
///
/// Errors are never returned or thrown by a method: whatever ends the connection, be it the peer, the network or this
/// side, the delegate hears of it exactly once, later and never from inside the method. After that, and from the
/// moment of ``abort()`` or close, every method is a no-op.
///
/// The delegate is held strongly until its last call, and the connection lives at least until then.
/// SIGPIPE must be ignored (``ProcessSignals/ignoreBrokenPipe()``).
public final class Connection: LoopResource {
  /// The way down; there is none back.
  enum Phase {
    /// Reading as asked, writing.
    case open
    /// Not reading; writing what was queued, then saying that no more will come.
    case flushing
    /// Everything is said; waiting for the peer to hear it, see ``Connection/linger()``.
    case lingering
  }

  var phase = Phase.open
  var hasReachedEnd = false
  /// Whether bytes are read as they come. False at first, and for ever after the peer's end.
  public internal(set) var isReading = false
  /// What libuv is writing; empty if nothing.
  var inFlight = OutgoingBytes()
  /// What follows it, gathered into one write.
  var pending = OutgoingBytes()
  var lingerTimer: LoopTimer?
  var discardedBytes = 0

  private(set) var delegate: (any ConnectionDelegate)?
  private var closeError: LoopError?

  /// The handle and the two requests that are ever under way, in one allocation.
  private static let writeOffset = aligned(MemoryLayout<uv_tcp_t>.size)
  private static let shutdownOffset = aligned(writeOffset + MemoryLayout<uv_write_t>.size)
  private static let pinnedBytes = aligned(shutdownOffset + MemoryLayout<uv_shutdown_t>.size)

  private static func aligned(_ offset: Int) -> Int { (offset + 15) & ~15 }

  /// Takes over a connected socket, also where it throws: then the socket is closed and the delegate never called.
  ///
  /// Sets TCP_NODELAY and O_NONBLOCK. Reading begins with ``startReading()``.
  public init(loop: Loop, adopting fd: Int32, delegate: any ConnectionDelegate) throws(LoopError) {
    self.delegate = delegate
    super.init(loop: loop, byteCount: Self.pinnedBytes)
    do throws(LoopError) {
      try register("adopting a connection") { uv_tcp_init($0, pinned(uv_tcp_t.self)) }
    } catch {
      self.delegate = nil
      Descriptor.close(fd)
      throw error
    }
    let status = fd < 0 ? UV_EBADF.rawValue : uv_tcp_open(pinned(uv_tcp_t.self), fd)
    guard status == 0 else {
      self.delegate = nil
      Descriptor.close(fd)
      close()
      throw LoopError("adopting a connection", status: status)
    }
    // Only TCP knows the option; a failure means a socket of another family, which needs it no more than it has it.
    _ = uv_tcp_nodelay(pinned(uv_tcp_t.self), 1)
  }

  var stream: UnsafeMutablePointer<uv_stream_t> { pinned(uv_stream_t.self) }
  var writeRequest: UnsafeMutablePointer<uv_write_t> { pinned(uv_write_t.self, at: Self.writeOffset) }
  var shutdownRequest: UnsafeMutablePointer<uv_shutdown_t> { pinned(uv_shutdown_t.self, at: Self.shutdownOffset) }

  /// Whether the application may still use it.
  var isOpen: Bool { phase == .open && !isClosed }

  /// Ends the connection because of a negative libuv status. The first error is the one that is told.
  func fail(_ operation: String, status: Int32) {
    guard !isClosed else { return }
    closeError = LoopError(operation, status: status)
    close()
  }

  override func willClose() {
    isReading = false
    lingerTimer?.close()
    lingerTimer = nil
  }

  override func didClose() {
    // libuv cancelled the write under way before this, so nobody reads the bytes any more.
    inFlight.free()
    pending.free()
    let last = delegate
    delegate = nil
    last?.connection(self, didCloseWith: closeError)
  }

  /// The connection of a handle during a callback; libuv holds it, so no reference is counted.
  @inline(__always)
  static func of(
    _ handle: UnsafeMutableRawPointer?, _ body: (Connection) -> Void
  ) {
    guard let owner = handle?.assumingMemoryBound(to: uv_handle_t.self).pointee.data else { return }
    Unmanaged<Connection>.fromOpaque(owner)._withUnsafeGuaranteedRef(body)
  }
}
