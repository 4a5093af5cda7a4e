/// Bytes after which the frames of a connection can no longer be told apart: answered by GOAWAY and a close.
public enum FramingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A frame announced more than the limit.
  case frameTooLarge(length: Int, limit: Int)
  /// The connection began with the bytes of another protocol.
  case foreignProtocol(ForeignProtocol)

  /// Why, for programs.
  public var reason: Reason {
    switch self {
    case .frameTooLarge: .frameTooLarge
    case .foreignProtocol: .protocolMismatch
    }
  }

  /// What the GOAWAY says.
  public var status: ReplyStatus {
    switch self {
    case .frameTooLarge: ReplyStatus(.resourceExhausted, reason: reason, message: description)
    case .foreignProtocol: ReplyStatus(.invalidArgument, reason: reason, message: description)
    }
  }

  /// What came, beside what was allowed.
  public var description: String {
    switch self {
    case .frameTooLarge(let length, let limit):
      "a frame of \(length) bytes was announced; the limit is \(limit)"
    case .foreignProtocol(let other):
      "the connection begins like \(other.rawValue); this port speaks frames of apus.v1.Call"
    }
  }
}
