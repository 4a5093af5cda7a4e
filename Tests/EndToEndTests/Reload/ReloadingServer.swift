import Foundation
import Glibc
import ServerSupport
import Testing

/// A server on a model file of its own, which tests replace.
struct ReloadingServer {
  let folder: TemporaryFolder
  let models: TwoModels
  let server: ServerProcess
  let path: String

  /// Starts on the newer model, at `path` within the folder.
  init(_ arguments: [String] = [], path name: String = "model.safetensors") throws {
    folder = try TemporaryFolder()
    models = try TwoModels.shared()
    path = folder.file(name)
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: models.newer, toPath: path)
    server = try ServerProcess(
      ["--epsilon", "0"] + arguments, model: path, stateFolder: folder.file("state"))
  }

  /// Renames a copy of `model` into place.
  func put(_ model: String) throws {
    let beside = folder.file("beside-\(UInt32.random(in: 0 ... .max))")
    try FileManager.default.copyItem(atPath: model, toPath: beside)
    try move(beside, to: path)
  }

  func move(_ from: String, to target: String) throws {
    guard rename(from, target) == 0 else { throw TestFailure("rename: errno \(errno)") }
  }

  func client() throws -> RawClient { try RawClient(port: server.port) }

  func describe() throws -> DescribeAnswer { try client().ask(.describe(1)).described }

  /// Asks for a reload and takes what comes. Where a busy machine did not take the call up in time, nothing was done. The
  /// loader runs where nobody else wants to, which on a busy machine is seldom.
  func reload(path: String = "", rollback: Bool = false) throws -> ReplyMessage {
    while true {
      let client = try RawClient(port: server.port, timeoutSeconds: 240)
      let reply = try client.ask(.reload(1, path: path, rollback: rollback))
      if reply.code != .deadlineExceeded { return reply }
    }
  }

  /// Waits until what the server says of itself is so.
  @discardableResult
  func wait(_ what: String, until isSo: (DescribeAnswer) -> Bool) throws -> DescribeAnswer {
    var answer: DescribeAnswer?
    try server.awaitUntil("\(what): \(String(describing: answer))") {
      let now = try describe()
      answer = now
      return isSo(now)
    }
    return try #require(answer)
  }

  /// Rankings of several users, explained, without what differs from call to call.
  func rankings() throws -> [RankAnswer] { try Self.rankings(server) }

  static func rankings(_ server: ServerProcess) throws -> [RankAnswer] {
    let sample = try SampleModel.shared()
    let client = try RawClient(port: server.port)
    return try (0..<8).map { number in
      var rank = RankMessage(user: sample.users[number * 20], tweets: sample.candidates(60))
      rank.explains = true
      return try client.ask(CallMessage(UInt64(number + 1), budgetMillis: 1_000, .rank(rank))).ranking.withoutRequestID
    }
  }

  /// Ends it.
  func stop() throws {
    #expect(try server.stop() == 0, "\(server.standardError)")
  }
}

/// That a model was not taken, for a reason that says this.
func expectRefused(_ reply: ReplyMessage, _ part: String, _ location: SourceLocation = #_sourceLocation) {
  #expect(reply.code == .failedPrecondition && reply.reason == .modelRefused, "\(reply)", sourceLocation: location)
  #expect(reply.message.contains(part) && !reply.isExecuted, "\(reply)", sourceLocation: location)
}
