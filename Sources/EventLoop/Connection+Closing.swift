import CLibuv
import Glibc

extension Connection {
  /// How long a connection waits for its peer after everything was said, in milliseconds.
  static let lingerMillis: UInt64 = 500
  /// How many times that long, while the kernel still holds bytes that the peer has not acknowledged.
  static let lingerRounds = 10
  /// How much of what the peer still sends is read meanwhile, in bytes.
  static let lingerBytes = 256 << 10

  /// Writes what is queued, says that no more will come, and closes. No byte is delivered to the delegate any more.
  ///
  /// A peer that never reads holds this up for ever: the caller watches ``oldestQueuedWriteMillis`` and aborts.
  public func closeAfterFlush() {
    guard isOpen else { return }
    phase = .flushing
    stopReading()
    if inFlight.isEmpty { shutDown() }
  }

  /// Closes at once with a reset: what is queued is dropped, here and in the kernel.
  public func abort() {
    guard !isClosed else { return }
    var descriptor: Int32 = -1
    if uv_fileno(pinned(uv_handle_t.self), &descriptor) == 0 {
      var option = linger(l_onoff: 1, l_linger: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
    close()
  }

  /// Says that no more will come.
  func shutDown() {
    let status = uv_shutdown(shutdownRequest, stream) { request, status in
      Connection.of(request?.pointee.handle) { $0.didShutDown(status) }
    }
    if status != 0 { close() }
  }

  private func didShutDown(_ status: Int32) {
    guard !isClosed else { return }
    if status != 0 || hasReachedEnd { close() } else { lingerForPeer() }
  }

  /// Waits, within bounds, until the peer closes too, and throws away what it sends.
  ///
  /// To close a socket that holds unread bytes resets the connection, and a reset drops the replies that the kernel
  /// has not yet brought to the peer.
  private func lingerForPeer() {
    phase = .lingering
    var round = 0
    lingerTimer = LoopTimer(loop: loop) { [unowned self] in
      round += 1
      if round == Self.lingerRounds || !hasUnacknowledgedBytes { close() }
    }
    lingerTimer?.start(afterMillis: Self.lingerMillis, everyMillis: Self.lingerMillis)
    receive()
  }

  /// Whether the kernel holds bytes that the peer has not acknowledged.
  private var hasUnacknowledgedBytes: Bool {
    var descriptor: Int32 = -1
    var count: Int32 = 0
    guard uv_fileno(pinned(uv_handle_t.self), &descriptor) == 0 else { return false }
    return ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 && count > 0
  }

  /// Counts bytes that came after the end of the conversation. Past the bound they stay in the kernel, which holds a
  /// peer back that sends for ever, while its last replies are still on the way.
  func discard(_ count: Int) {
    discardedBytes += count
    if discardedBytes > Self.lingerBytes { stopReading() }
  }
}

extension Connection {
  /// Closes a socket that was just accepted, with a last word: as much of it as the kernel takes at once, which is a
  /// fresh socket's whole buffer. A peer that sends on is reset, and may then miss it.
  public static func turnAway(_ descriptor: Int32, saying word: [UInt8]) {
    word.withUnsafeBytes { _ = send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)) }
    shutdown(descriptor, Int32(SHUT_WR))
    // What has come already would make a reset of the close.
    withUnsafeTemporaryAllocation(byteCount: turnedAwayBytes, alignment: 16) { buffer in
      _ = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
    }
    Descriptor.close(descriptor)
  }

  /// How much that a turned away peer has sent is thrown away, in bytes.
  private static let turnedAwayBytes = 4_096
}
