import Glibc

/// A numeric IP address and a port, or the path of a Unix socket.
public struct SocketAddress: Sendable, CustomStringConvertible {
  private static let unixPrefix = "unix:"

  /// The kernel's form; valid for `length` bytes.
  var storage = sockaddr_storage()
  let length: socklen_t
  let host: String
  /// The port; 0: any free one. 0 for a Unix socket.
  public private(set) var port: UInt16
  /// The path of a Unix socket; nil for an IP address.
  public let path: String?

  /// Parses `127.0.0.1:7411`, `[::1]:7411`, `localhost:7411` or `unix:/path`. Names are not looked up.
  public init(_ text: String) throws(LoopError) {
    if text.hasPrefix(Self.unixPrefix) {
      try self.init(path: String(text.dropFirst(Self.unixPrefix.count)), text)
    } else {
      try self.init(internet: text)
    }
  }

  private init(internet text: String) throws(LoopError) {
    path = nil
    guard let colon = text.lastIndex(of: ":") else {
      throw .badAddress(text: text, reason: "the port is missing, as in 127.0.0.1:7411")
    }
    let digits = text[text.index(after: colon)...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits) else {
      throw .badAddress(text: text, reason: "\"\(digits)\" is not a port from 0 to 65535")
    }
    self.port = port
    let host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      self.host = String(host.dropFirst().dropLast())
      length = socklen_t(MemoryLayout<sockaddr_in6>.size)
      guard let address = Self.version6(self.host, port: port) else {
        throw .badAddress(text: text, reason: "\"\(self.host)\" is not an IPv6 address")
      }
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in6.self) }
    } else {
      self.host = host == "localhost" ? "127.0.0.1" : host
      length = socklen_t(MemoryLayout<sockaddr_in>.size)
      guard let address = Self.version4(self.host, port: port) else {
        throw .badAddress(text: text, reason: "\"\(host)\" is neither an IPv4 address nor an IPv6 address in brackets")
      }
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in.self) }
    }
  }

  private init(path: String, _ text: String) throws(LoopError) {
    (self.path, host, port) = (path, path, 0)
    length = socklen_t(MemoryLayout<sockaddr_un>.size)
    // The kernel's field ends in a NUL.
    let room = MemoryLayout<sockaddr_un>.size - MemoryLayout<sa_family_t>.size - 1
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count <= room, !bytes.contains(0) else {
      throw .badAddress(text: text, reason: "the path of a Unix socket has 1 to \(room) bytes")
    }
    storage.ss_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &storage) { storage in
      for (index, byte) in bytes.enumerated() { storage[MemoryLayout<sa_family_t>.size + index] = byte }
    }
  }

  /// `AF_INET`, `AF_INET6` or `AF_UNIX`.
  var family: Int32 { Int32(storage.ss_family) }

  /// As it was given, in the same form.
  public var description: String {
    if let path { return Self.unixPrefix + path }
    return family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// The same host with the port that the kernel has chosen.
  func with(port: UInt16) -> SocketAddress {
    var other = self
    other.port = port
    return other
  }

  /// Calls `body` with the kernel's form.
  func withSocketAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  private static func version4(_ host: String, port: UInt16) -> sockaddr_in? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    return inet_pton(AF_INET, host, &address.sin_addr) == 1 ? address : nil
  }

  private static func version6(_ host: String, port: UInt16) -> sockaddr_in6? {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port.bigEndian
    return inet_pton(AF_INET6, host, &address.sin6_addr) == 1 ? address : nil
  }
}
