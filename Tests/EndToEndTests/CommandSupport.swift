import ServerSupport
import Foundation
import Testing

/// What a command printed and how it ended.
typealias CommandResult = (status: Int32, stdout: String, stderr: String)

/// What `apus rank --json` prints.
struct RankOutput: Decodable {
  struct Item: Decodable {
    let rank: Int
    let tweet: String
    let text: String
    let score: Float
    let propensity: Float
    let familiarity: String
    let contributions: [Float]
    let values: [Float]
  }
  let candidates: Int
  let duplicatesRemoved: Int
  let exploredPosition: Int
  let items: [Item]
  let modelVersion: String
  let requestID: String
  let signals: [String]
  let user: String
  let userKnown: Bool

  func item(_ tweet: String) throws -> Item { try #require(items.first { $0.tweet == tweet }) }
}

/// What `apus similar --json` and `apus top --json` print.
struct TweetsOutput: Decodable {
  struct Item: Decodable {
    let rank: Int
    let tweet: String
    let text: String
    let value: Double
  }
  let items: [Item]
  let modelVersion: String
  let valueName: String
}

/// What `apus record --json` prints.
struct RecordOutput: Decodable {
  let recorded: Int
  let lastSequence: UInt64
  let duplicates: Int
  let unmatched: Int
}

/// What `apus rewards --json` prints.
struct RewardsOutput: Decodable {
  let rewards: [String: Double]
  let setAt: Int64
}

/// What `apus describe --json` prints.
struct DescribeOutput: Decodable {
  struct Weight: Decodable {
    let signal: String
    let weight: Float
  }
  let modelVersion: String
  let users: Int
  let tweets: Int
  let factors: Int
  let workers: Int
  let policyVersion: String
  let epsilon: Double
  let eventsRecorded: UInt64
  let callsRefused: Int
  let onlineUpdates: UInt64
  let onlineUnmatched: UInt64
  let feedbackArms: Int
  let feedbackTweets: Int
  let feedbackUsers: Int
  let rankingsRemembered: Int
  let feedbackDuplicates: Int
  let feedbackUnmatched: Int
  let snapshotAt: Int64
  let blend: [Weight]
}

extension ServerProcess {
  /// Runs a command that asks this server; the deadline leaves room for a machine that is busy with other tests.
  func ask(_ arguments: [String]) throws -> CommandResult {
    try runCommand(arguments + ["--address", address, "--deadline", "20000"])
  }

  /// The same with `--json`: succeeds, and its output is one object of this form.
  func answer<Output: Decodable>(_ arguments: [String], as _: Output.Type = Output.self) throws -> Output {
    let result = try ask(arguments + ["--json"])
    guard result.status == 0 else { throw TestFailure("\(arguments): \(result)") }
    return try JSONDecoder().decode(Output.self, from: Data(result.stdout.utf8))
  }

  /// The bandit's contribution to a tweet's score.
  func banditTerm(of tweet: String) throws -> Float {
    let ranking: RankOutput = try answer(["rank", "--user", "anybody", "--tweets", tweet])
    let column = try #require(ranking.signals.firstIndex(of: "bandit"))
    return try ranking.item(tweet).contributions[column]
  }

  /// Records one event; its place in the log.
  @discardableResult
  func record(_ event: String, tweet: String) throws -> UInt64 {
    let output: RecordOutput = try answer(["record", "--user", "anybody", "--tweet", tweet, "--event", event])
    return output.lastSequence
  }
}

/// Expects that a command ended with `status` and one line on standard error that has all the `parts`: no trap, no
/// backtrace, nothing on standard output.
func expectRefusal(
  _ result: CommandResult, status: Int32, _ parts: String..., location: SourceLocation = #_sourceLocation
) {
  #expect(result.status == status, "\(result.stderr)", sourceLocation: location)
  #expect(result.stdout == "", sourceLocation: location)
  #expect(result.stderr.hasPrefix("apus: "), "\(result.stderr)", sourceLocation: location)
  #expect(result.stderr.filter { $0 == "\n" }.count == 1, "\(result.stderr)", sourceLocation: location)
  for part in parts { #expect(result.stderr.contains(part), "\(result.stderr)", sourceLocation: location) }
}

/// The same for a command that says more before it fails, such as the stages of training.
func expectLastLine(
  _ result: CommandResult, status: Int32, _ parts: String..., location: SourceLocation = #_sourceLocation
) {
  let lines = result.stderr.split(separator: "\n")
  #expect(result.status == status, "\(result.stderr)", sourceLocation: location)
  #expect(lines.filter { $0.hasPrefix("apus: ") }.count == 1, "\(result.stderr)", sourceLocation: location)
  for part in parts {
    #expect(lines.last?.contains(part) == true, "\(part) is not in: \(result.stderr)", sourceLocation: location)
  }
}

/// The sources that the tests were built from.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}

/// The bytes of a file.
func contents(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

/// Makes or replaces a file.
func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
