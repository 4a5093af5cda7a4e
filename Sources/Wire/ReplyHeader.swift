/// What every reply carries besides its result.
public struct ReplyHeader: Equatable, Sendable {
  /// The call's id; 0: a notice about the connection, or a call whose id could not be read.
  public var id: UInt64
  /// How the call ended.
  public var status: ReplyStatus
  /// From the arrival of the frame's last byte to now.
  public var serverMicros: UInt32
  /// The part of it spent waiting in the run queue.
  public var queueMicros: UInt32

  /// A header; by default of a call that went well.
  public init(id: UInt64, status: ReplyStatus = .ok, serverMicros: UInt32 = 0, queueMicros: UInt32 = 0) {
    self.id = id
    self.status = status
    self.serverMicros = serverMicros
    self.queueMicros = queueMicros
  }
}
