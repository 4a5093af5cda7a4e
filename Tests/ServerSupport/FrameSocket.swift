import Glibc

/// A blocking socket that says whatever a test wants to a server, well-formed or not, and cuts what comes back into
/// frames. Suites add, in extensions, what they know of calls and replies.
package final class FrameSocket {
  /// How a connection was over.
  package enum Ending: Equatable { case closed, reset }

  private var descriptor: Int32
  private var received: [UInt8] = []
  private var taken = 0
  private let timeoutSeconds: Double
  private let patience: Double

  /// Connects to the loopback interface.
  ///
  /// - Parameters:
  ///   - receiveBufferBytes: SO_RCVBUF, set before connecting so that the window is small from the start.
  ///   - timeoutSeconds: how long to wait for anything.
  ///   - patience: what every time is multiplied with, for servers that a sanitizer slows down.
  package convenience init(port: UInt16, receiveBufferBytes: Int32? = nil, timeoutSeconds: Double, patience: Double)
    throws
  {
    try self.init(family: AF_INET, timeoutSeconds: timeoutSeconds, patience: patience)
    if var bytes = receiveBufferBytes { option(SOL_SOCKET, SO_RCVBUF, &bytes) }
    var one: Int32 = 1
    option(Int32(IPPROTO_TCP), TCP_NODELAY, &one)
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

  /// Connects to a Unix socket.
  package convenience init(path: String, timeoutSeconds: Double, patience: Double) throws {
    try self.init(family: AF_UNIX, timeoutSeconds: timeoutSeconds, patience: patience)
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
    let status = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else { throw TestFailure("connect to \(path): errno \(errno)") }
  }

  private init(family: Int32, timeoutSeconds: Double, patience: Double) throws {
    self.timeoutSeconds = timeoutSeconds
    self.patience = patience
    descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw TestFailure("socket: errno \(errno)") }
    var limit = timeval(tv_sec: Int(timeoutSeconds * patience), tv_usec: 0)
    option(SOL_SOCKET, SO_SNDTIMEO, &limit)
  }

  deinit { close() }

  private func option<Value: BitwiseCopyable>(_ level: Int32, _ name: Int32, _ value: inout Value) {
    setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Value>.size))
  }

  // MARK: Out

  /// Sends everything; throws when the server has closed or does not take it in time.
  package func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        Glibc.send(descriptor, all.baseAddress.map { $0 + sent }, all.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw TestFailure("send: errno \(errno) after \(sent) of \(bytes.count) bytes") }
      sent += count
    }
  }

  /// Sends what the kernel takes at once; nil when the connection is gone.
  package func sendWithoutWaiting(_ bytes: ArraySlice<UInt8>) -> Int? {
    let count = bytes.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
    return count >= 0 ? count : (errno == EAGAIN ? 0 : nil)
  }

  /// Whether the server has reset the connection or closed both of its directions.
  package var isGone: Bool {
    var state = pollfd(fd: descriptor, events: 0, revents: 0)
    return poll(&state, 1, 0) > 0 && state.revents & Int16(POLLERR | POLLHUP) != 0
  }

  /// Says that no more will come.
  package func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

  package func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Closes with a reset.
  package func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    self.option(SOL_SOCKET, SO_LINGER, &option)
    close()
  }

  // MARK: In

  /// Reads once; nil while bytes came, otherwise how the connection ended. Throws at `end`.
  private func fill(until end: ContinuousClock.Instant) throws -> Ending? {
    let left = (end - .now) / .milliseconds(1)
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard left > 0, poll(&waiting, 1, Int32(left) + 1) > 0 else {
      throw TestFailure("nothing came in time, after \(received.count - taken) bytes of a frame")
    }
    return withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { chunk in
      let count = recv(descriptor, chunk.baseAddress, chunk.count, 0)
      guard count > 0 else { return count == 0 ? .closed : .reset }
      received.removeFirst(taken)
      taken = 0
      received += chunk[..<count]
      return nil
    }
  }

  /// Reads, and throws away, at most so many bytes that are there.
  package func readSome(_ count: Int) {
    withUnsafeTemporaryAllocation(byteCount: count, alignment: 16) {
      _ = recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
    }
  }

  /// The next frame's payload, or how the connection ended before one was complete.
  package func readFrame(seconds: Double? = nil) throws -> Result<[UInt8], EndOfConnection> {
    let end = ContinuousClock.now + .seconds((seconds ?? timeoutSeconds) * patience)
    while true {
      if received.count - taken >= 4 {
        let length = received[taken..<taken + 4].reduce(0) { $0 << 8 | Int($1) }
        if received.count - taken - 4 >= length {
          defer { taken += 4 + length }
          return .success(Array(received[taken + 4..<taken + 4 + length]))
        }
      }
      if let ending = try fill(until: end) {
        return .failure(EndOfConnection(ending: ending, leftover: Array(received[taken...])))
      }
    }
  }
}

/// The server ended the connection where a frame was awaited.
package struct EndOfConnection: Error, CustomStringConvertible {
  package let ending: FrameSocket.Ending
  /// Bytes of an incomplete frame.
  package let leftover: [UInt8]
  package var description: String { "the connection was \(ending) after \(leftover.count) bytes of a frame" }
}
