import ServerSupport
import Artifact
import Foundation
import Glibc
import Synchronization

/// A small artificial world and the model trained on it, made by the real binary once per test process.
struct SampleModel: Sendable {
  /// The CSV folder.
  let worldFolder: String
  let modelPath: String
  /// Keys as they stand in the files, and the ids that the wire carries for them.
  let userKeys: [String]
  let tweetKeys: [String]
  let users: [UInt64]
  let tweets: [UInt64]

  /// The sample, or why there is none.
  static func shared() throws -> SampleModel { try made.get() }

  private static let made = Result { try SampleModel() }

  private init() throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("apus-sample-\(getpid())").path
    sampleFolder.withLock { $0 = root }
    atexit { sampleFolder.withLock { folder in try? FileManager.default.removeItem(atPath: folder) } }
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    worldFolder = root + "/world"
    modelPath = root + "/model.safetensors"
    for arguments in [
      ["synthesize", "--out", worldFolder, "--users", "200", "--tweets", "1000", "--seed", "11"],
      [
        "train", "--data", worldFolder, "--out", modelPath, "--factors", "16", "--epochs", "5", "--threads", "1",
        "--blend-lists", "200",
      ],
    ] {
      let (status, _, errors) = try runCommand(arguments)
      guard status == 0 else { throw TestFailure("apus \(arguments): exit code \(status), \(errors)") }
    }
    tweetKeys = try Self.keys("tweet_id", of: worldFolder + "/tweets.csv")
    userKeys = try Self.keys("user_id", of: worldFolder + "/user_engagements.csv")
    users = userKeys.map { EntityID.of($0) }
    tweets = tweetKeys.map { EntityID.of($0) }
  }

  /// The distinct values of a column that comes before any quoted one. Quoted cells may hold line breaks.
  private static func keys(_ column: String, of path: String) throws -> [String] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    var isQuoted = false
    let lines = text.split { character in
      if character == "\"" { isQuoted.toggle() }
      return character.isNewline && !isQuoted
    }
    guard let index = lines.first?.split(separator: ",").firstIndex(where: { $0 == column }) else {
      throw TestFailure("\(path) has no column \(column)")
    }
    var seen: Set<Substring> = []
    return lines.dropFirst().compactMap { line in
      let cells = line.split(separator: ",", maxSplits: index + 1, omittingEmptySubsequences: false)
      return index < cells.count && seen.insert(cells[index]).inserted ? String(cells[index]) : nil
    }
  }
}

/// What to remove when the process ends, where a C function without context can find it.
private let sampleFolder = Mutex("")
