import Glibc

/// A socket that waits for connections.
enum ListeningSocket {
  /// - Parameter address: an IPv4 address and a port, such as 127.0.0.1:7500.
  static func open(_ address: String) throws(LoadError) -> Int32 {
    let parts = address.split(separator: ":")
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    guard parts.count == 2, let port = UInt16(parts[1]), inet_pton(AF_INET, String(parts[0]), &name.sin_addr) == 1
    else {
      throw .option("'\(address)' is not an IPv4 address and a port, such as 127.0.0.1:7500")
    }
    name.sin_port = port.bigEndian
    let socket = Glibc.socket(
      AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    var on: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    let isBound = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isBound, listen(socket, 1024) == 0 else {
      let reason = String(cString: strerror(errno))
      close(socket)
      throw .connection("cannot listen on \(address): \(reason)")
    }
    return socket
  }

  /// The address that a listening socket has.
  static func name(of socket: Int32) -> String {
    var name = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
    }
    var text = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
    inet_ntop(AF_INET, &name.sin_addr, &text, socklen_t(text.count))
    return
      "\(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)):\(UInt16(bigEndian: name.sin_port))"
  }
}
