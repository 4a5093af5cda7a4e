import ServerSupport

/// A client of a server in this process.
typealias Client = FrameSocket

extension FrameSocket {
  /// Connects to the loopback interface; a small receive buffer makes the server's writes queue up early. It waits at most
  /// half a minute for anything.
  convenience init(port: UInt16, receiveBufferBytes: Int32? = nil) throws {
    try self.init(port: port, receiveBufferBytes: receiveBufferBytes, timeoutSeconds: 30, patience: 1)
  }

  /// Connects to a Unix socket.
  convenience init(path: String) throws { try self.init(path: path, timeoutSeconds: 30, patience: 1) }

  func send(_ call: Call) throws { try send(call.frame) }

  /// Sends several calls as one stream of bytes.
  func send(_ calls: [Call]) throws { try send(calls.flatMap(\.frame)) }

  /// The next reply; nil where the connection ended instead, orderly or by a reset.
  func next() throws -> Answer? {
    switch try readFrame() {
    case .success(let payload): try Answer(payload)
    case .failure: nil
    }
  }

  /// The next reply; throws where the connection ended instead.
  func reply() throws -> Answer {
    guard let answer = try next() else { throw TestFailure("the connection ended where a reply was awaited") }
    return answer
  }

  func replies(_ count: Int) throws -> [Answer] { try (0..<count).map { _ in try reply() } }

  func ask(_ call: Call) throws -> Answer {
    try send(call)
    return try reply()
  }

  /// Everything that still comes until the server ends the connection.
  func repliesToEnd() throws -> [Answer] {
    var all: [Answer] = []
    while let answer = try next() { all.append(answer) }
    return all
  }
}
