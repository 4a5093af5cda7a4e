/// Why a call or a connection was refused, for programs; raw values are those of the wire.
public enum Reason: UInt32, CaseIterable, Sendable {
  case unspecified = 0
  /// The connection's bytes are not this protocol.
  case protocolMismatch = 1
  /// A frame's length is over the server's limit.
  case frameTooLarge = 2
  /// A frame did not complete in time, or the first one did not come.
  case slowFrame = 3
  /// Nothing came for too long.
  case idle = 4
  /// Too many bad or empty messages on one connection.
  case tooManyErrors = 5
  /// The server is going down; ask another.
  case draining = 6
  /// The message is not a well-formed Call.
  case malformed = 7
  /// Decoding the message would take more memory than a call may.
  case decodeBudget = 8
  /// The call id is 0 or already in flight on this connection.
  case callID = 9
  /// The server's queue is full.
  case queueFull = 10
  /// The client does not read its replies.
  case slowReader = 11
  /// The feedback log cannot be written.
  case feedbackLog = 12
  /// The server has more work than it can do in the call's time.
  case overloaded = 13
  /// The server has no room for this connection, or not for what it sends.
  case connectionLimit = 15
  /// Pings came too often, and no other calls.
  case tooManyPings = 16
  /// The connection's first call did not show the server's token, or too many of this client's did not.
  case token = 17
  /// Too many connections of this client ended with calls in flight.
  case tooManyCancels = 18
  /// The model cannot be served; the one before stays.
  case modelRefused = 20
  /// Another reload was asked for later.
  case reloading = 21
  /// The server is short of memory.
  case memory = 24

  /// The name on the wire without its prefix, such as `FRAME_TOO_LARGE`.
  public var name: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .protocolMismatch: "PROTOCOL"
    case .frameTooLarge: "FRAME_TOO_LARGE"
    case .slowFrame: "SLOW_FRAME"
    case .idle: "IDLE"
    case .tooManyErrors: "TOO_MANY_ERRORS"
    case .draining: "DRAINING"
    case .malformed: "MALFORMED"
    case .decodeBudget: "DECODE_BUDGET"
    case .callID: "CALL_ID"
    case .queueFull: "QUEUE_FULL"
    case .slowReader: "SLOW_READER"
    case .feedbackLog: "FEEDBACK_LOG"
    case .connectionLimit: "CONNECTION_LIMIT"
    case .tooManyPings: "TOO_MANY_PINGS"
    case .token: "TOKEN"
    case .tooManyCancels: "TOO_MANY_CANCELS"
    case .modelRefused: "MODEL_REFUSED"
    case .reloading: "RELOADING"
    case .overloaded: "OVERLOADED"
    case .memory: "MEMORY"
    }
  }
}
