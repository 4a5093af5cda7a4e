import Glibc

/// Who is at the other end of an accepted connection, as far as bounds for each client need to know it: an IPv4 address,
/// the 64-bit prefix of an IPv6 address (a host has all addresses of one), or a user of this machine at a Unix socket.
public struct PeerAddress: Hashable, Sendable {
  private enum Kind: UInt8 { case version4, version6, user, unknown }

  private let kind: Kind
  private let value: UInt64

  /// The effective user id of the process that connected, at a Unix socket; the kernel vouches for it.
  public var userID: UInt32? { kind == .user ? UInt32(truncatingIfNeeded: value) : nil }

  /// A user of this machine.
  public init(userID: UInt32) { (kind, value) = (.user, UInt64(userID)) }

  /// From what `accept` says, which has nothing to say about Unix sockets: there the socket is asked.
  init(_ storage: sockaddr_storage, of descriptor: Int32) {
    var storage = storage
    switch Int32(storage.ss_family) {
    case AF_INET:
      value = withUnsafeBytes(of: &storage) {
        UInt64($0.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr)
      }
      kind = .version4
    case AF_INET6:
      (kind, value) = withUnsafeBytes(of: &storage) { bytes in
        var address = bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr
        return withUnsafeBytes(of: &address) { Self.version6($0) }
      }
    case AF_UNIX:
      let user = Self.user(of: descriptor)
      (kind, value) = (user == nil ? .unknown : .user, UInt64(user ?? 0))
    default: (kind, value) = (.unknown, 0)
    }
  }

  /// An IPv4 client of a socket that speaks both is the same client as ever.
  private static func version6(_ address: UnsafeRawBufferPointer) -> (Kind, UInt64) {
    let prefix = address.loadUnaligned(as: UInt64.self)
    let isMapped = prefix == 0 && address[8..<10].allSatisfy { $0 == 0 } && address[10..<12].allSatisfy { $0 == 0xFF }
    guard isMapped else { return (.version6, prefix) }
    return (.version4, UInt64(address.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
  }

  private static func user(of descriptor: Int32) -> UInt32? {
    // struct ucred, which the C library shows to GNU sources only.
    var peer: (pid: pid_t, uid: uid_t, gid: gid_t) = (0, 0, 0)
    var length = socklen_t(MemoryLayout<(pid_t, uid_t, gid_t)>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 else { return nil }
    return peer.uid
  }
}
