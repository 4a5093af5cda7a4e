/// How a call ended, as the `Status` of its reply.
public struct ReplyStatus: Equatable, Sendable, CustomStringConvertible {
  /// gRPC's code.
  public var code: StatusCode
  /// Why, for programs.
  public var reason: Reason
  /// For people; holds the offending value.
  public var message: String
  /// Whether any part of the call took effect.
  public var executed: Bool
  /// Where waiting helps: how long, in milliseconds; 0: it does not.
  public var retryAfterMillis: UInt32

  /// A status; by default one of a call that took no effect and that waiting will not help.
  public init(
    _ code: StatusCode, reason: Reason = .unspecified, message: String = "", executed: Bool = false,
    retryAfterMillis: UInt32 = 0
  ) {
    self.code = code
    self.reason = reason
    self.message = message
    self.executed = executed
    self.retryAfterMillis = retryAfterMillis
  }

  /// The call took effect.
  public static let ok = ReplyStatus(.ok, executed: true)

  /// `INVALID_ARGUMENT (MALFORMED): …`.
  public var description: String {
    let why = reason == .unspecified ? "" : " (\(reason.name))"
    return message.isEmpty ? code.name + why : "\(code.name)\(why): \(message)"
  }
}
