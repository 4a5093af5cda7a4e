import CLibuv
import Glibc

/// Accepts connections at one address, TCP or Unix.
public final class Listener: LoopResource {
  /// How long nothing is accepted after the process ran out of descriptors, the reserve included, or of memory.
  static let pauseMillis: UInt64 = 100

  /// The port in use, also where 0 was asked for; 0 at a Unix socket.
  public let port: UInt16
  /// Where it listens, with that port.
  public let address: SocketAddress

  private let descriptor: Int32
  private let file: UnixSocket?
  private let acceptsPerTurn: Int
  private var onAccept: ((Int32, PeerAddress) -> Void)?
  private let onExcess: (Int32) -> Void
  private var pause: LoopTimer?
  /// A descriptor kept for the moment when there is no other: with it a connection can be accepted and told off.
  private var reserve: Int32

  /// What a listener is told.
  public struct Settings {
    /// Connections that the kernel keeps before they are accepted.
    public var backlog: Int32 = 1024
    /// Accepts in one turn of the loop, so that a burst of connections does not starve the ones there are.
    public var acceptsPerTurn = 64
    /// Mode of a Unix socket's file: who may write to it may connect.
    public var mode: mode_t = 0o600

    /// Settings for a server of its user alone.
    public init() {}
  }

  /// Listens at `address`, at TCP with SO_REUSEADDR, until ``LoopResource/close()``, which also removes a Unix socket's
  /// file. Throws where the address cannot be had.
  ///
  /// `onAccept` gets, and owns, each descriptor: non-blocking, close-on-exec, TCP_NODELAY. Where the process has run out
  /// of descriptors, a reserve is given up for a moment, the connection goes to `onExcess`, which must close it before it
  /// returns, and the next turn goes on. Where even that does not work accepting pauses for 100 ms.
  public init(
    loop: Loop, address: SocketAddress, settings: Settings = Settings(),
    onExcess: @escaping (Int32) -> Void = { Connection.turnAway($0, saying: []) },
    onAccept: @escaping (Int32, PeerAddress) -> Void
  ) throws(LoopError) {
    (descriptor, file) = try Self.listen(at: address, settings)
    let bound = Self.boundPort(descriptor)
    self.address = address.path == nil ? address.with(port: bound) : address
    port = self.address.port
    acceptsPerTurn = settings.acceptsPerTurn
    self.onAccept = onAccept
    self.onExcess = onExcess
    reserve = Self.openReserve()
    super.init(loop: loop, byteCount: MemoryLayout<uv_poll_t>.size)
    do throws(LoopError) {
      try register("listening on \(address)") { uv_poll_init_socket($0, pinned(uv_poll_t.self), descriptor) }
    } catch {
      letGo()
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
    letGo()
  }

  private func letGo() {
    file?.remove()
    Descriptor.close(descriptor)
    Descriptor.close(reserve)
    reserve = -1
  }

  private static func ready(_ handle: UnsafeMutablePointer<uv_poll_t>?) {
    guard let owner = handle?.pointee.data else { return }
    Unmanaged<Listener>.fromOpaque(owner).takeUnretainedValue().acceptSome()
  }

  private func acceptSome() {
    for _ in 0..<acceptsPerTurn {
      guard let onAccept else { return }
      var peer = sockaddr_storage()
      let accepted = accept(&peer)
      if accepted >= 0 {
        onAccept(accepted, PeerAddress(peer, of: accepted))
        continue
      }
      switch errno {
      case EAGAIN: return
      // The peer gave up, or the network reported an error of that one connection: the next may be sound.
      case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENONET, ENOPROTOOPT: continue
      case EMFILE, ENFILE:
        if !acceptWithReserve() { return rest() }
      default: return rest()
      }
    }
  }

  private func accept(_ peer: inout sockaddr_storage) -> Int32 {
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &peer) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        accept4(descriptor, $0, &length, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
      }
    }
  }

  /// Accepts one connection in the place of the reserve, to have it told off. False where there is no reserve, or where
  /// another thread was faster.
  private func acceptWithReserve() -> Bool {
    guard reserve >= 0 else { return false }
    Descriptor.close(reserve)
    var peer = sockaddr_storage()
    let accepted = accept(&peer)
    if accepted >= 0 { onExcess(accepted) }
    reserve = Self.openReserve()
    return accepted >= 0 && reserve >= 0
  }

  private func rest() {
    if reserve < 0 { reserve = Self.openReserve() }
    uv_poll_stop(pinned(uv_poll_t.self))
    pause?.start(afterMillis: Self.pauseMillis)
  }

  private static func openReserve() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

  private static func listen(
    at address: SocketAddress, _ settings: Settings
  ) throws(LoopError) -> (Int32, UnixSocket?) {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.family, kind, 0)
    guard descriptor >= 0 else { throw .cannotListen(address: address.description, code: errno) }
    if let path = address.path {
      do throws(LoopError) {
        let file = try UnixSocket.listen(
          descriptor, at: address, path: path, mode: settings.mode, backlog: settings.backlog)
        return (descriptor, file)
      } catch {
        Descriptor.close(descriptor)
        throw error
      }
    }
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
    // On Linux accepted sockets inherit it.
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
    guard address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0,
      Glibc.listen(descriptor, settings.backlog) == 0
    else {
      let code = errno
      Descriptor.close(descriptor)
      throw .cannotListen(address: address.description, code: code)
    }
    return (descriptor, nil)
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
