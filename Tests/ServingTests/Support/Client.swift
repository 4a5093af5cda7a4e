import Glibc

/// A blocking socket that says whatever a test wants to a server; it waits at most half a minute for anything.
final class Client {
  private var descriptor: Int32
  private var received: [UInt8] = []

  /// Connects to the loopback interface; a small receive buffer makes the server's writes queue up early.
  init(port: UInt16, receiveBufferBytes: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw TestFailure("socket: errno \(errno)") }
    if var bytes = receiveBufferBytes { option(SOL_SOCKET, SO_RCVBUF, &bytes) }
    var one: Int32 = 1
    option(Int32(IPPROTO_TCP), TCP_NODELAY, &one)
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    option(SOL_SOCKET, SO_SNDTIMEO, &limit)
    option(SOL_SOCKET, SO_RCVTIMEO, &limit)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw TestFailure("connect to port \(port): errno \(errno)") }
  }

  deinit { close() }

  private func option<Value: BitwiseCopyable>(_ level: Int32, _ name: Int32, _ value: inout Value) {
    setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Value>.size))
  }

  /// Sends everything in as few segments as it takes; throws where the server has closed or does not take it.
  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        Glibc.send(descriptor, all.baseAddress.map { $0 + sent }, all.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw TestFailure("send: errno \(errno) after \(sent) of \(bytes.count) bytes") }
      sent += count
    }
  }

  func send(_ call: Call) throws { try send(call.frame) }

  /// Sends several calls as one stream of bytes.
  func send(_ calls: [Call]) throws { try send(calls.flatMap(\.frame)) }

  /// How many of the bytes the kernel takes now; 0 where it or the server holds this client back.
  func sendWithoutWaiting(_ bytes: ArraySlice<UInt8>) throws -> Int {
    let count = bytes.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
    guard count >= 0 || errno == EAGAIN else { throw TestFailure("send: errno \(errno)") }
    return max(0, count)
  }

  /// Says that no more will come.
  func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Reads once; false at the end of the connection, orderly or by a reset.
  private func fill() throws -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    if count > 0 {
      received += chunk[..<count]
      return true
    }
    guard count == 0 || errno != EAGAIN else {
      throw TestFailure("nothing came in time, after \(received.count) bytes of a frame")
    }
    return false
  }

  /// The next reply; nil where the connection ended instead.
  func next() throws -> Answer? {
    while true {
      if received.count >= 4 {
        let length = received[..<4].reduce(0) { $0 << 8 | Int($1) }
        if received.count >= 4 + length {
          defer { received.removeFirst(4 + length) }
          return try Answer(Array(received[4..<4 + length]))
        }
      }
      guard try fill() else { return nil }
    }
  }

  /// The next reply; throws where the connection ended instead.
  func reply() throws -> Answer {
    guard let answer = try next() else { throw TestFailure("the connection ended where a reply was awaited") }
    return answer
  }

  func replies(_ count: Int) throws -> [Answer] { try (0..<count).map { _ in try reply() } }

  func ask(_ call: Call) throws -> Answer {
    try send(call)
    return try reply()
  }

  /// Everything that still comes until the server ends the connection.
  func repliesToEnd() throws -> [Answer] {
    var all: [Answer] = []
    while let answer = try next() { all.append(answer) }
    return all
  }
}
