import ServerSupport

/// A client of the real server.
typealias RawClient = FrameSocket

extension FrameSocket {
  /// Connects to the loopback interface, with the patience that a sanitizer needs.
  convenience init(port: UInt16, receiveBufferBytes: Int32? = nil, timeoutSeconds: Double = 20) throws {
    try self.init(
      port: port, receiveBufferBytes: receiveBufferBytes, timeoutSeconds: timeoutSeconds,
      patience: Executables.patience)
  }

  func send(_ call: CallMessage) throws { try send(call.frame) }

  /// The next reply; throws when the connection ends instead.
  func readReply(seconds: Double? = nil) throws -> ReplyMessage { try ReplyMessage(readFrame(seconds: seconds).get()) }

  /// Sends one call and reads one reply.
  func ask(_ call: CallMessage) throws -> ReplyMessage {
    try send(call)
    return try readReply()
  }

  /// Everything that still comes, until the server closes or resets the connection.
  func readToEnd(seconds: Double? = nil) throws -> (replies: [ReplyMessage], ending: Ending) {
    var replies: [ReplyMessage] = []
    while true {
      switch try readFrame(seconds: seconds) {
      case .success(let payload): replies.append(try ReplyMessage(payload))
      case .failure(let end):
        guard end.leftover.isEmpty || end.ending == .reset else { throw end }
        return (replies, end.ending)
      }
    }
  }
}
