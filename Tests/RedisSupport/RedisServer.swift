import Foundation
import Glibc

/// A real redis-server on a loopback port and a Unix socket, with a folder of its own. It ends with the object.
package final class RedisServer: @unchecked Sendable {
  /// What kept a server from starting.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  package let port: UInt16
  package let folder: String
  package let password: String?
  private let options: [String]
  private let lock = NSLock()
  private var process: pid_t?

  /// Starts it and waits until it answers. `options` are in the form of its command line: `["--databases", "4"]`.
  ///
  /// `configuration` is the text of a configuration file; a Sentinel insists on one. It saves nothing unless the options say so, and DEBUG is allowed.
  package init(password: String? = nil, options: [String] = [], configuration: String? = nil, starts: Bool = true)
    throws
  {
    self.password = password
    folder = NSTemporaryDirectory() + "apus-redis-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    port = try Self.freePort()
    if let configuration {
      try configuration.write(toFile: "\(folder)/conf", atomically: true, encoding: .utf8)
      self.options = ["\(folder)/conf"] + options
    } else {
      self.options = options
    }
    if starts { try start() }
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(atPath: folder)
  }

  package var url: String { "redis://\(login)127.0.0.1:\(port)" }
  package var socketPath: String { "\(folder)/socket" }
  package var socketURL: String { "unix://\(login)\(socketPath)" }
  private var login: String { password.map { ":\($0)@" } ?? "" }

  /// What it wrote to its log.
  package var log: String { (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "" }

  /// Starts it where it does not run, on the same port and folder, and waits until it accepts connections.
  package func start() throws {
    guard lock.withLock({ process }) == nil else { return }
    // A configuration file comes before all options.
    let (files, options) = (options.prefix { !$0.hasPrefix("-") }, options.drop { !$0.hasPrefix("-") })
    let arguments =
      ["redis-server"] + files + [
        "--port", String(port), "--bind", "127.0.0.1", "--unixsocket", socketPath,
        "--dir", folder, "--logfile", "\(folder)/log", "--daemonize", "no", "--save", "", "--appendonly", "no",
        "--enable-debug-command", "yes",
      ] + (password.map { ["--requirepass", $0] } ?? []) + options
    let pid = try Program.start(arguments)
    lock.withLock { process = pid }
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
      if Self.accepts(port) { return }
      var status: Int32 = 0
      if waitpid(pid, &status, WNOHANG) == pid {
        lock.withLock { process = nil }
        throw Failure(description: "redis-server ended with \(status): \(log)")
      }
      usleep(5_000)
    }
    kill()
    throw Failure(description: "redis-server did not accept connections: \(log)")
  }

  /// Stops it as it is: connections stay open, nothing is answered.
  package func freeze() { signal(SIGSTOP) }

  /// Lets a frozen one go on.
  package func thaw() { signal(SIGCONT) }

  /// Ends it at once, with nothing saved.
  package func kill() {
    guard let pid = lock.withLock({ process }) else { return }
    Glibc.kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
    lock.withLock { process = nil }
  }

  /// Has redis-cli run a command; false where it could not, or Redis answered with an error.
  package func run(_ command: String...) -> Bool { Program.run(["redis-cli", "-e", "-p", "\(port)"] + command) }

  private func signal(_ number: Int32) {
    if let pid = lock.withLock({ process }) { Glibc.kill(pid, number) }
  }

  /// A port that was free a moment ago, below those that the kernel gives to outgoing connections, one of which would
  /// otherwise take it while a server is down.
  package static func freePort() throws -> UInt16 {
    for _ in 0..<1_000 {
      let port = UInt16.random(in: 10_240..<32_000)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = loopback(port)
      let status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      if status == 0 { return port }
    }
    throw Failure(description: "no free port")
  }

  static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func accepts(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
