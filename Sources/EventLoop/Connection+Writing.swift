import CLibuv

extension Connection {
  /// Bytes that were written here and not yet taken by the kernel.
  public var queuedWriteBytes: Int {
    isClosed || inFlight.isEmpty ? 0 : uv_stream_get_write_queue_size(stream) + pending.count
  }

  /// Since when the oldest of them waits, in ``Loop/nowMillis``; nil: nothing waits.
  ///
  /// It is the time of the write under way, which may be partly done.
  public var oldestQueuedWriteMillis: UInt64? { inFlight.isEmpty ? nil : inFlight.sinceMillis }

  /// Writes bytes: at once as far as the kernel takes them, the rest is copied and follows as the peer reads.
  ///
  /// The queue has no bound of its own: the caller watches ``queuedWriteBytes``. Ignored after
  /// ``closeAfterFlush()``, ``abort()`` and close.
  /// - Complexity: O(bytes); no allocation while the peer keeps up, nor while it lags by no more than before.
  public func write(_ bytes: UnsafeRawBufferPointer) {
    guard isOpen, bytes.count > 0 else { return }
    guard inFlight.isEmpty else {
      pending.append(bytes, nowMillis: loop.nowMillis)
      return
    }
    var buffer = uv_buf_t(
      base: UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(to: CChar.self),
      len: bytes.count)
    let written = uv_try_write(stream, &buffer, 1)
    guard written >= 0 || written == UV_EAGAIN.rawValue else { return fail("write", status: written) }
    let taken = max(0, Int(written))
    guard taken < bytes.count else { return }
    inFlight.append(UnsafeRawBufferPointer(rebasing: bytes[taken...]), nowMillis: loop.nowMillis)
    submit()
  }

  /// Gives `inFlight` to libuv.
  private func submit() {
    var buffer = uv_buf_t(base: inFlight.base?.assumingMemoryBound(to: CChar.self), len: inFlight.count)
    let status = uv_write(writeRequest, stream, &buffer, 1) { request, status in
      Connection.of(request?.pointee.handle) { $0.wrote(status) }
    }
    // What libuv refused it will not report either; the bytes are freed when the connection is closed.
    if status != 0 { fail("write", status: status) }
  }

  private func wrote(_ status: Int32) {
    guard !isClosed else { return }
    guard status == 0 else { return fail("write", status: status) }
    if !pending.isEmpty {
      // The two take turns for as long as the peer lags behind.
      inFlight.removeAll()
      swap(&inFlight, &pending)
      return submit()
    }
    inFlight.free()
    pending.free()
    if phase == .open {
      delegate?.connectionDidDrain(self)
    } else {
      shutDown()
    }
  }
}
