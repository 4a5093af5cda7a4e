/// Why a command has no reply, or why there is no connection.
public enum RedisError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text is no URL of a Redis; `reason` says why, and never holds a password.
  case badURL(reason: String)
  /// The command is none, or one that takes over the whole connection; it was not sent.
  case badCommand(reason: String)
  /// No reply came in time. Whether Redis obeyed the command is unknown.
  case timeout
  /// There is no connection, or it ended before the reply. If it ended, whether Redis obeyed is unknown.
  case disconnected(reason: String)
  /// Redis did not answer of late; nothing is sent until it answers a probe.
  case breakerOpen
  /// As many commands as may be wait for replies; the command was not sent.
  case tooManyInFlight
  /// The bytes that wait to be written would be more than may be; the command was not sent.
  case outputFull
  /// The reply was larger or had more elements than may be; the connection was given up.
  case replyTooLarge
  /// Redis answered with an error.
  case server(RedisServerError)
  /// What came is not the protocol of Redis; the connection was given up.
  case protocolViolation(reason: String)
  /// This Redis is not one that can be used: a cluster, a Sentinel or a replica. `reason` is a sentence for people.
  case refused(reason: String)
  /// The client was closed.
  case closed

  /// One line, without secrets.
  public var description: String {
    switch self {
    case .badURL(let reason): "not a Redis URL: \(reason)"
    case .badCommand(let reason): "not a command for this client: \(reason)"
    case .timeout: "Redis did not answer in time"
    case .disconnected(let reason): "no connection to Redis: \(reason)"
    case .breakerOpen: "Redis did not answer of late, so it is not asked"
    case .tooManyInFlight: "too many commands wait for Redis"
    case .outputFull: "too many bytes wait to be sent to Redis"
    case .replyTooLarge: "the reply of Redis is too large"
    case .server(let error): error.description
    case .protocolViolation(let reason): "this is not the protocol of Redis: \(reason)"
    case .refused(let reason): reason
    case .closed: "the Redis client is closed"
    }
  }
}
