/// What one kind of hostile connections did, and what the server did about it.
struct HostileTally: Codable, Sendable {
  let kind: HostileKind
  /// How many there were at a time.
  let connections: Int
  /// Connections that were made, anew after each that the server ended.
  var opened = 0
  /// Attempts that came to no connection.
  var failedToOpen = 0
  /// Connections that the server ended.
  var endedByServer = 0
  var bytesSent = 0
  var bytesReceived = 0
}
