import Foundation
import Glibc

/// A listener on the loopback interface that takes Redis commands, insists on their form, and answers as a test says.
package final class FakeRedis: @unchecked Sendable {
  /// What is done about one command.
  package enum Answer: Sendable {
    case bytes([UInt8])
    /// The bytes, and then the end of the connection.
    case last([UInt8])
    case nothing
  }

  package typealias Script = @Sendable (_ command: [[UInt8]]) -> Answer

  package let port: UInt16
  private let listener: Int32
  private let script: Script
  private let greets: Bool
  private let lock = NSLock()
  private var received: [[[UInt8]]] = []
  private var offences: [String] = []
  private var peers: [Int32] = []
  private var isStopped = false

  /// Listens until ``stop()``. The client's greeting is answered as by a Redis that stands alone, unless `greets` is
  /// false; every other command goes to `script`, called on a thread of this object.
  package init(greets: Bool = true, _ script: @escaping Script) throws {
    self.script = script
    self.greets = greets
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = RedisServer.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) | listen(listener, 64) | getsockname(listener, $0, &length)
      }
    }
    guard status == 0 else { throw RedisServer.Failure(description: "cannot listen: errno \(errno)") }
    port = UInt16(bigEndian: address.sin_port)
    Thread { [self] in accept() }.start()
  }

  package var url: String { "redis://127.0.0.1:\(port)" }
  /// Commands beside the greeting, of all connections.
  package var commands: [[[UInt8]]] { lock.withLock { received } }
  /// What was not in the form of a command.
  package var malformed: [String] { lock.withLock { offences } }
  /// Connections that were ever accepted.
  package var connections: Int { lock.withLock { peers.count } }

  /// Ends the listener and all connections; its threads end by that.
  package func stop() {
    lock.withLock {
      guard !isStopped else { return }
      isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      for peer in peers { shutdown(peer, Int32(SHUT_RDWR)) }
    }
  }

  /// Sends bytes that nobody asked for to every connection.
  package func push(_ bytes: [UInt8]) {
    for peer in lock.withLock({ peers }) { Self.send(peer, bytes) }
  }

  private func accept() {
    while true {
      let peer = Glibc.accept(listener, nil, nil)
      guard peer >= 0,
        lock.withLock({
          if !isStopped { peers.append(peer) }; return !isStopped
        })
      else {
        if peer >= 0 { close(peer) }
        close(listener)
        return
      }
      Thread { [self] in converse(peer) }.start()
    }
  }

  private func converse(_ peer: Int32) {
    var parser = CommandParser()
    var part = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(peer, &part, part.count, 0)
      // The descriptor stays open until the end of the process' tests: its number must not go to another connection
      // while `push` or `stop` may still use it.
      if count <= 0 { break }
      parser.feed(part[..<count])
      while let command = parser.next() { if !answer(command, peer) { return } }
      if let offence = parser.offence {
        lock.withLock { offences.append(offence) }
        break
      }
    }
    shutdown(peer, Int32(SHUT_RDWR))
  }

  /// Whether the connection goes on.
  private func answer(_ command: [[UInt8]], _ peer: Int32) -> Bool {
    if greets, let reply = Self.greeting(command) {
      Self.send(peer, reply)
      return true
    }
    lock.withLock { received.append(command) }
    switch script(command) {
    case .nothing: return true
    case .bytes(let bytes):
      Self.send(peer, bytes)
      return true
    case .last(let bytes):
      Self.send(peer, bytes)
      shutdown(peer, Int32(SHUT_RDWR))
      return false
    }
  }

  private static func greeting(_ command: [[UInt8]]) -> [UInt8]? {
    switch command.first.map({ String(decoding: $0, as: UTF8.self) }) {
    case "AUTH", "SELECT": Array("+OK\r\n".utf8)
    case "INFO": Array("$25\r\nredis_mode:standalone\r\nx:\r\n".utf8)
    case "ROLE": Array("*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n".utf8)
    case "PING": Array("+PONG\r\n".utf8)
    default: nil
    }
  }

  private static func send(_ peer: Int32, _ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        Glibc.send(peer, all.baseAddress.map { $0 + sent }, all.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      sent += count
    }
  }
}
