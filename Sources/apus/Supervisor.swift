import EventLoop
import Glibc
import Serving

/// Tells systemd, or who else speaks its protocol, what the server is about: datagrams of lines to the socket that
/// NOTIFY_SOCKET names (sd_notify(3)).
enum Supervisor {
  @Sendable static func tell(_ state: ServerOptions.Lifecycle) {
    guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), !path.isEmpty else { return }
    send(words(for: state), to: path)
  }

  private static func words(for state: ServerOptions.Lifecycle) -> String {
    switch state {
    case .ready: "READY=1"
    case .draining: "STOPPING=1"
    case .reloading:
      // systemd takes a notice of a reload for one that it asked for by the time.
      "RELOADING=1\nMONOTONIC_USEC=\(Loop.monotonicNanos() / 1_000)"
    }
  }

  /// A supervisor that does not listen changes nothing.
  private static func send(_ words: String, to path: String) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    // A name of the abstract kind is written with an @ in place of its first byte, 0.
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, words, words.utf8.count, 0, $0, length)
      }
    }
  }
}
