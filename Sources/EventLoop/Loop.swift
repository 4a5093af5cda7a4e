import CLibuv

/// One libuv loop: waits for the kernel's news and calls handlers, all on the thread that runs it.
///
/// Nothing here may be touched by another thread, except ``Wakeup/signal()`` and ``Mailbox/post(_:)``.
/// What is attached to a loop (a ``LoopResource``) lives until it is closed, even if nobody else holds it; a loop
/// that still has such things must be ended by ``close()``.
public final class Loop {
  /// Size of the one buffer into which every connection of this loop reads, in bytes.
  public static let readBufferBytes = 64 << 10

  let raw: UnsafeMutablePointer<uv_loop_t>
  let readBuffer: UnsafeMutableRawBufferPointer
  private(set) var isClosing = false
  private var isClosed = false
  private var isRunning = false

  /// A loop with nothing attached. Throws where the system has no descriptor for it.
  public init() throws(LoopError) {
    raw = .allocate(capacity: 1)
    let status = uv_loop_init(raw)
    readBuffer = .allocate(byteCount: status == 0 ? Self.readBufferBytes : 1, alignment: 64)
    guard status == 0 else {
      // The instance is complete, so its deinit frees the memory.
      isClosed = true
      throw LoopError("creating an event loop", status: status)
    }
  }

  deinit {
    // Everything attached holds its loop: by now nothing is, and closing cannot fail.
    if !isClosed { uv_loop_close(raw) }
    raw.deallocate()
    readBuffer.deallocate()
  }

  /// Calls handlers until ``stop()``, or until nothing is attached that could ever call one.
  ///
  /// Misuse: calling it from a handler of the same loop, or after ``close()``.
  public func run() {
    precondition(!isRunning && !isClosed, "a loop runs once at a time, and not after it was closed")
    isRunning = true
    uv_run(raw, UV_RUN_DEFAULT)
    isRunning = false
  }

  /// Makes ``run()`` return after the current turn; before ``run()``, makes it return at once. Loop's thread only.
  public func stop() {
    if !isClosed { uv_stop(raw) }
  }

  /// Closes everything attached, waits until all of it has said so, and frees the loop's descriptors.
  ///
  /// Open connections are closed without flushing and their delegates are told. What handlers try to attach
  /// meanwhile is refused. Idempotent. Misuse: calling it from a handler of the same loop.
  public func close() {
    precondition(!isRunning, "a loop is closed after run() returned")
    guard !isClosed else { return }
    isClosing = true
    isRunning = true
    uv_walk(raw, { handle, _ in LoopResource.close(handle) }, nil)
    // Every handle is closing, so each pass makes progress and none can block.
    while uv_loop_close(raw) != 0 { uv_run(raw, UV_RUN_NOWAIT) }
    isRunning = false
    isClosed = true
  }

  /// The loop's idea of the time: monotonic milliseconds, read once per turn.
  public var nowMillis: UInt64 { uv_now(raw) }

  /// The monotonic clock itself, in nanoseconds since an arbitrary point.
  public static func monotonicNanos() -> UInt64 { uv_hrtime() }
}
