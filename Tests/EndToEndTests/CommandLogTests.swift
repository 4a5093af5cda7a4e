import Foundation
import ServerSupport
import Testing

/// `apus log`: a look into the log of a server, running or not, and training on what it exports.
@Suite("The log commands")
struct CommandLogTests {
  private struct Inspection: Decodable {
    struct Segment: Decodable {
      let file: String
      let firstSequence: UInt64
      let lastSequence: UInt64
      let events: UInt64
      let rankings: UInt64
    }
    struct Snapshot: Decodable {
      let state: String
      let lastSequence: UInt64?
      let digest: String?
    }
    struct Entry: Decodable {
      let sequence: UInt64
      let kind: String
      let text: String
    }
    let node: String?
    let isInUse: Bool
    let segments: [Segment]
    let snapshot: Snapshot
    let lastSequence: UInt64
    let events: [String: UInt64]
    let unmatched: UInt64
    let withoutRequest: UInt64
    let tail: [Entry]
  }

  private struct Verdict: Decodable {
    struct Damage: Decodable {
      let file: String
      let offset: Int
      let firstLost: UInt64
      let count: UInt64
    }
    let isSound: Bool
    let isInUse: Bool
    let damages: [Damage]
    let problems: [String]
    let comparison: String
  }

  private let sample: SampleModel
  private let folder: TemporaryFolder
  private var state: String { folder.file("state") }

  init() throws {
    sample = try SampleModel.shared()
    folder = try TemporaryFolder()
  }

  private func decode<Output: Decodable>(_ result: CommandResult, status: Int32 = 0) throws -> Output {
    guard result.status == status else { throw TestFailure("\(result)") }
    return try JSONDecoder().decode(Output.self, from: Data(result.stdout.utf8))
  }

  private func inspect(_ more: [String] = []) throws -> Inspection {
    try decode(runCommand(["log", "inspect", state, "--json"] + more))
  }

  private func record(
    _ server: ServerProcess, _ user: String, _ tweet: String, _ event: String, _ request: String = "0"
  ) throws {
    let _: RecordOutput = try server.answer(
      ["record", "--user", user, "--tweet", tweet, "--event", event, "--request", request, "--timestamp", "1700000000"])
  }

  /// A ranking of ten tweets for a user.
  private func rank(_ server: ServerProcess, _ user: String) throws -> RankOutput {
    try server.answer(["rank", "--user", user, "--tweets", sample.tweetKeys.prefix(10).joined(separator: ",")])
  }

  @Test("inspect and verify beside a running server and after it; the counts are those of what was recorded")
  func inspectAndVerify() throws {
    let server = try ServerProcess(["--epsilon", "0"], stateFolder: state)
    let ranking = try rank(server, sample.userKeys[0])
    try record(server, sample.userKeys[0], ranking.items[0].tweet, "like", ranking.requestID)
    try record(server, sample.userKeys[0], ranking.items[1].tweet, "hide", ranking.requestID)
    try record(server, sample.userKeys[0], "no tweet of these", "like", ranking.requestID)
    try record(server, sample.userKeys[1], "t", "reply")
    var found = try inspect(["--tail", "2"])
    #expect(found.isInUse && found.snapshot.state == "absent" && found.lastSequence == 5)
    #expect(found.events == ["like": 2, "hide": 1, "reply": 1] && found.unmatched == 1 && found.withoutRequest == 1)
    #expect(found.segments.map(\.events) == [4] && found.segments.map(\.rankings) == [1])
    #expect(found.tail.map(\.sequence) == [4, 5] && found.tail[0].text.hasSuffix(", unmatched"))
    #expect(found.tail[1].text.hasPrefix("reply of user ") && found.tail[1].kind == "event")
    var verdict: Verdict = try decode(runCommand(["log", "verify", state, "--json"]))
    #expect(verdict.isSound && verdict.isInUse)
    #expect(try runCommand(["log", "inspect", state]).stdout.contains("A server uses this folder"))
    try record(server, sample.userKeys[1], "t", "like")
    #expect(try server.stop() == 0)

    found = try inspect()
    #expect(!found.isInUse && found.lastSequence == 6 && found.snapshot.lastSequence == 6 && found.tail.isEmpty)
    verdict = try decode(runCommand(["log", "verify", state, "--json"]))
    #expect(verdict.isSound && !verdict.isInUse && verdict.comparison == "equal")
    let table = try runCommand(["log", "inspect", state, "--tail", "6"]).stdout
    #expect(table.contains("log-00000000000000000001.segment") && table.contains("Snapshot as of entry 6"))
    #expect(table.contains("request \(ranking.requestID) showed user"))
  }

  @Test("verify ends with 65 where something is damaged, says where and what is lost, and changes nothing")
  func damage() throws {
    let server = try ServerProcess(stateFolder: state)
    for _ in 0..<4 { try server.record("like", tweet: "t") }
    #expect(try server.stop() == 0)
    let segment = state + "/log-00000000000000000001.segment"
    var bytes = try contents(segment)
    bytes[64 + 64 + 30] ^= 1
    try write(bytes, to: segment)
    let verdict: Verdict = try decode(runCommand(["log", "verify", state, "--json"]), status: 65)
    #expect(!verdict.isSound && verdict.damages.count == 1 && verdict.problems.isEmpty)
    let damage = try #require(verdict.damages.first)
    #expect(damage.file == segment && damage.offset == 128 && damage.firstLost == 2 && damage.count == 1)
    let text = try runCommand(["log", "verify", state])
    #expect(text.status == 65 && text.stdout.contains("is damaged at byte 128; entry 2 is lost"))
    #expect(try contents(segment) == bytes)
  }

  @Test("folders without a log, and logs of another version, are told apart")
  func refusals() throws {
    for command in ["inspect", "verify", "export"] {
      let more = command == "export" ? ["--out", folder.file("e")] : []
      expectRefusal(try runCommand(["log", command, folder.path] + more), status: 66, "there is no feedback log")
      expectRefusal(try runCommand(["log", command, folder.file("none")] + more), status: 66, "no such file")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("e")))
    expectRefusal(
      try runCommand(["log", "export", folder.file("none"), "--out", folder.file("e")]), status: 66, "none")
    try write(Array("not a log".utf8), to: folder.file("feedback.log"))
    expectRefusal(try runCommand(["log", "verify", folder.path]), status: 65, "is not a feedback log")
  }

  @Test("an export has what counts, as keys; a model is trained on it")
  func exportAndTrain() throws {
    let server = try ServerProcess(["--epsilon", "0"], stateFolder: state)
    var likes: Set<String> = []
    for user in sample.userKeys.prefix(12) {
      let ranking = try rank(server, user)
      for (place, event) in [(0, "like"), (2, "reply"), (3, "impression"), (4, "hide")] {
        try record(server, user, ranking.items[place].tweet, event, ranking.requestID)
      }
      likes.insert("\(user),\(ranking.items[0].tweet),0.4,like,1700000000")
    }
    try record(server, sample.userKeys[0], "unknown, with a comma", "retweet")
    try record(server, sample.userKeys[0], "77", "like", "12345")
    #expect(try server.stop() == 0)

    let out = folder.file("export")
    let result = try runCommand(["log", "export", state, "--out", out, "--names", sample.modelPath])
    #expect(
      result.status == 0 && result.stdout.contains("37 engagements, 12 impressions and 120 propensities"), "\(result)")
    let engagements = textOfFile(out + "/user_engagements.csv").split(separator: "\n").map(String.init)
    #expect(engagements[0] == "user_id,tweet_id,engagement_score,engagement_type,timestamp" && engagements.count == 38)
    #expect(likes.isSubset(of: Set(engagements)))
    #expect(engagements.contains { $0.hasSuffix(",-0.5,hide,1700000000") })
    #expect(
      engagements.contains { $0.hasSuffix(",0.6,retweet,1700000000") } && !engagements.contains { $0.contains(",77,") })
    let impressions = textOfFile(out + "/impressions.csv").split(separator: "\n")
    for line in impressions.dropFirst() {
      let labels = line.split(separator: ",")[3].split(separator: " ").map { $0.suffix(2) }
      #expect(labels == ["-1", "-0", "-1"] + [Substring](repeating: "-0", count: 7))
    }
    let propensities = textOfFile(out + "/propensities.csv").split(separator: "\n").map { $0.split(separator: ",") }
    #expect(propensities[1][3] == "1" && propensities[1][5] == "1.0" && propensities[1][7] == "0.4")
    #expect(propensities[5][3] == "5" && propensities[5][7] == "-0.5" && propensities[6][7] == "0.0")

    try FileManager.default.copyItem(atPath: sample.worldFolder + "/tweets.csv", toPath: out + "/tweets.csv")
    let trained = try runCommand([
      "train", "--data", out, "--out", folder.file("model"), "--factors", "4", "--epochs", "2", "--threads", "1",
      "--learn-from", out + "/impressions.csv",
    ])
    #expect(trained.status == 0, "\(trained)")
    let again = try ServerProcess(model: folder.file("model"))
    #expect(try rank(again, sample.userKeys[0]).userKnown)
    try again.stop()
  }

  @Test("without a model ids are exported, which are keys of themselves; an export of nothing has headers only")
  func exportOfIDs() throws {
    let server = try ServerProcess(stateFolder: state)
    try record(server, sample.userKeys[0], "t", "impression")
    #expect(try server.stop() == 0)
    let out = folder.file("export")
    #expect(try runCommand(["log", "export", state, "--out", out]).status == 0)
    for (name, lines) in [("user_engagements", 1), ("impressions", 1), ("propensities", 1)] {
      #expect(textOfFile(out + "/\(name).csv").split(separator: "\n").count == lines)
    }
    let next = try ServerProcess(stateFolder: state)
    try record(next, "alice", "7001", "like")
    #expect(try next.stop() == 0)
    #expect(try runCommand(["log", "export", state, "--out", out]).status == 0)
    let id = try #require(textOfFile(out + "/user_engagements.csv").split(separator: "\n").last)
    #expect(id.hasSuffix(",7001,0.4,like,1700000000") && UInt64(id.split(separator: ",")[0]) != nil)
  }
}
