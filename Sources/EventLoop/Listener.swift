import CLibuv
import Glibc

/// Accepts TCP connections at one address.
public final class Listener: LoopResource {
  /// Accepts in one turn of the loop, so that a burst of connections does not starve the ones there are.
  static let acceptsPerTurn = 64
  /// How long nothing is accepted after the process ran out of descriptors.
  static let pauseMillis: UInt64 = 100

  /// The port in use, also where 0 was asked for.
  public let port: UInt16

  private let descriptor: Int32
  private var onAccept: ((Int32) -> Void)?
  private var pause: LoopTimer?

  /// Listens at `address` with SO_REUSEADDR, until ``LoopResource/close()``.
  ///
  /// `onAccept` gets, and owns, each descriptor: non-blocking, close-on-exec, TCP_NODELAY. Where the process has run
  /// out of descriptors, accepting pauses for 100 ms; the peers wait in the kernel's backlog. Throws where the address
  /// cannot be had.
  public init(
    loop: Loop, address: SocketAddress, backlog: Int32 = 1024, onAccept: @escaping (Int32) -> Void
  ) throws(LoopError) {
    descriptor = try Self.listen(at: address, backlog: backlog)
    port = Self.boundPort(descriptor)
    self.onAccept = onAccept
    super.init(loop: loop, byteCount: MemoryLayout<uv_poll_t>.size)
    do throws(LoopError) {
      try register("listening on \(address)") { uv_poll_init_socket($0, pinned(uv_poll_t.self), descriptor) }
    } catch {
      Descriptor.close(descriptor)
      throw error
    }
    pause = LoopTimer(loop: loop) { [unowned self] in self.poll() }
    poll()
  }

  private func poll() {
    guard !isClosed else { return }
    uv_poll_start(pinned(uv_poll_t.self), Int32(UV_READABLE.rawValue)) { handle, _, _ in Listener.ready(handle) }
  }

  override func willClose() {
    onAccept = nil
    pause?.close()
    pause = nil
    uv_poll_stop(pinned(uv_poll_t.self))
    // Not polled any more, so it may go: whoever connects from now on is refused at once.
    Descriptor.close(descriptor)
  }

  private static func ready(_ handle: UnsafeMutablePointer<uv_poll_t>?) {
    guard let owner = handle?.pointee.data else { return }
    Unmanaged<Listener>.fromOpaque(owner).takeUnretainedValue().acceptAll()
  }

  private func acceptAll() {
    for _ in 0..<Self.acceptsPerTurn {
      guard let onAccept else { return }
      let accepted = accept4(descriptor, nil, nil, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
      if accepted >= 0 {
        onAccept(accepted)
        continue
      }
      switch errno {
      case EAGAIN: return
      // The peer gave up, or the network reported an error of that one connection: the next may be sound.
      case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENONET, ENOPROTOOPT: continue
      default:
        uv_poll_stop(pinned(uv_poll_t.self))
        pause?.start(afterMillis: Self.pauseMillis)
        return
      }
    }
  }

  private static func listen(at address: SocketAddress, backlog: Int32) throws(LoopError) -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.family, kind, 0)
    guard descriptor >= 0 else { throw .cannotListen(address: address.description, code: errno) }
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
    // On Linux accepted sockets inherit it.
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
    guard address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, backlog) == 0 else {
      let code = errno
      Descriptor.close(descriptor)
      throw .cannotListen(address: address.description, code: code)
    }
    return descriptor
  }

  private static func boundPort(_ descriptor: Int32) -> UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &storage) { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      getsockname(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length)
      // The port stands at the same place in both families' addresses.
      return UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
    }
  }
}
