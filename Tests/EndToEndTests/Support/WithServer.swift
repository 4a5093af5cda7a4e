import ServerSupport
import Testing

/// Runs a server for one test. Whatever the test did to it, afterwards the server must answer a normal call on a new
/// connection, and end with exit code 0 when asked: a crash, a hang or a leak that the sanitizer sees fails the test.
func withServer(_ arguments: [String] = [], _ body: (ServerProcess) throws -> Void) throws {
  let server = try ServerProcess(arguments)
  try body(server)
  try expectToServe(server)
  let status = try server.stop()
  #expect(status == 0, "\(server.standardError.suffix(4_000))")
}

/// A normal call on a connection of its own is answered as ever.
func expectToServe(_ server: ServerProcess, _ location: SourceLocation = #_sourceLocation) throws {
  let sample = try SampleModel.shared()
  guard server.isRunning else { throw TestFailure("the server is gone: \(server.standardError.suffix(4_000))") }
  let answer = try RawClient(port: server.port).ask(.rank(99, user: sample.users[1], sample.candidates(20))).ranking
  #expect(answer.tweets.sorted() == sample.candidates(20).sorted(), sourceLocation: location)
}

extension SampleModel {
  /// The first `count` tweets of the world.
  func candidates(_ count: Int) -> [UInt64] { Array(tweets.prefix(count)) }
}

/// That a reply is this refusal of this call, and that nothing was executed.
func expectRefusal(
  _ reply: ReplyMessage, id: UInt64, _ code: Code, _ reason: Reason = .unspecified,
  _ location: SourceLocation = #_sourceLocation
) {
  #expect(reply.id == id, "\(reply)", sourceLocation: location)
  #expect(reply.code == code && reply.reason == reason, "\(reply)", sourceLocation: location)
  #expect(!reply.isExecuted && !reply.message.isEmpty, "\(reply)", sourceLocation: location)
}

/// That the server says goodbye for this reason and then ends the connection; returns what it said before.
@discardableResult
func expectGoodbye(
  _ client: RawClient, _ reason: Reason, seconds: Double? = nil, _ location: SourceLocation = #_sourceLocation
) throws -> (before: [ReplyMessage], goodbye: ReplyMessage) {
  let (replies, _) = try client.readToEnd(seconds: seconds)
  let goodbyes = replies.filter { $0.goAwayLastCallID != nil }
  guard let goodbye = goodbyes.first, goodbyes.count == 1 else {
    throw TestFailure("\(goodbyes.count) goodbyes among \(replies.suffix(3))")
  }
  #expect(goodbye.reason == reason, "\(goodbye)", sourceLocation: location)
  #expect(!goodbye.isExecuted && !goodbye.message.isEmpty, sourceLocation: location)
  return (replies.filter { $0.goAwayLastCallID == nil }, goodbye)
}
