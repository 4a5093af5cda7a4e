/// A message that is answered by an error reply; the connection stays.
public struct WireError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The call's id, 0 where it could not be read.
  public var callID: UInt64
  /// What the reply says.
  public var status: ReplyStatus

  /// An error for a call.
  public init(callID: UInt64, status: ReplyStatus) {
    self.callID = callID
    self.status = status
  }

  /// `call 7: INVALID_ARGUMENT (MALFORMED): …`.
  public var description: String { "call \(callID): \(status)" }
}
