import Foundation

/// Tells a supervisor how the server is, as sd_notify(3) does: datagrams of `NAME=value` lines to the socket that
/// `$NOTIFY_SOCKET` names. Without one, nothing is told. Never waits: what the socket does not take is lost.
public struct SystemdNotifier: Sendable {
  /// How often the supervisor wants to hear `WATCHDOG=1` at the latest, in microseconds; nil: it does not.
  public let watchdogMicros: UInt64?
  private let path: [UInt8]

  /// What the environment asks for; nil where it names no socket, or none that can be.
  ///
  /// `WATCHDOG_PID`, where set, says whom the watchdog is for.
  public init?(environment: [String: String] = ProcessInfo.processInfo.environment, pid: Int32 = getpid()) {
    guard let name = environment["NOTIFY_SOCKET"], name.hasPrefix("/") || name.hasPrefix("@") else { return nil }
    var path = Array(name.utf8)
    // One byte less than fits, for the zero at the end.
    guard path.count > 1, path.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
    // A socket without a file: its name begins with a zero.
    if path[0] == UInt8(ascii: "@") { path[0] = 0 }
    self.path = path
    let isForUs = environment["WATCHDOG_PID"].map { Int32($0) == pid } ?? true
    watchdogMicros = isForUs ? environment["WATCHDOG_USEC"].flatMap { UInt64($0) }.flatMap { $0 > 0 ? $0 : nil } : nil
  }

  /// All loops turn.
  func alive() { send("WATCHDOG=1") }

  /// One datagram. Returns whether it was taken.
  @discardableResult
  public func send(_ text: String) -> Bool {
    let socket = Foundation.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return false }
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    // The length says where a name without a file ends.
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count + (path[0] == 0 ? 0 : 1))
    let bytes = Array(text.utf8)
    let sent = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(socket, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL), $0, length)
      }
    }
    return sent == bytes.count
  }
}
