/// How a connection misbehaves.
enum HostileKind: String, Codable, Sendable {
  /// Asks for long answers and reads almost nothing.
  case slowReader
  /// Sends a call byte by byte.
  case trickler
  /// Sends random bytes.
  case garbage
  /// Sends pings as fast as they are taken.
  case pingFlood

  /// In reports.
  var name: String {
    switch self {
    case .slowReader: "slow readers"
    case .trickler: "tricklers"
    case .garbage: "garbage"
    case .pingFlood: "ping floods"
    }
  }
}
