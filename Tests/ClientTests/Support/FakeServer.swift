import Foundation

/// A server on a loopback socket that follows a script: one thread a connection, closed when the script returns.
final class FakeServer: Sendable {
  let address: String
  private let listener: Int32
  private let threads = DispatchGroup()

  /// - Parameter script: gets each connection and its number, from 0.
  init(_ script: @escaping @Sendable (FakePeer, Int) -> Void) {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isBound = withUnsafeMutableBytes(of: &name) { bytes in
      let generic = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
      return generic.map {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
      } ?? false
    }
    precondition(isBound, "no loopback socket: errno \(errno)")
    address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    let threads = threads
    threads.enter()
    Thread {
      var number = 0
      while true {
        let socket = accept(listener, nil, nil)
        if socket < 0 { break }
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let connection = number
        number += 1
        threads.enter()
        Thread {
          script(FakePeer(socket: socket), connection)
          close(socket)
          threads.leave()
        }.start()
      }
      threads.leave()
    }.start()
  }

  /// Ends the listening; scripts end with their clients.
  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    threads.wait()
    close(listener)
  }
}
