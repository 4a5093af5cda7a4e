import Foundation
import ServerSupport
import Testing

/// `apus serve --learn`, seen from outside.
@Suite("A server that learns")
struct CommandLearnTests {
  private let sample: SampleModel
  private let folder: TemporaryFolder

  init() throws {
    sample = try SampleModel.shared()
    folder = try TemporaryFolder()
  }

  private var state: String { folder.file("state") }
  private var rank: [String] {
    ["rank", "--user", sample.userKeys[0], "--tweets", sample.tweetKeys.prefix(30).joined(separator: ","), "--explain"]
  }

  private func start(_ more: [String] = []) throws -> ServerProcess {
    try ServerProcess(
      ["--epsilon", "0", "--bandit", "off", "--learn", "--learn-rate", "0.5", "--learn-l1", "0"] + more,
      stateFolder: state)
  }

  /// Engages with one shown tweet and lets others be.
  private func teach(_ server: ServerProcess) throws {
    let ranking: RankOutput = try server.answer(rank)
    for (index, event) in ["impression", "impression", "reply", "impression", "hide"].enumerated() {
      let item = ranking.items[index]
      let _: RecordOutput = try server.answer([
        "record", "--user", sample.userKeys[0], "--tweet", item.tweet, "--event", event, "--request", ranking.requestID,
        // Before the model was trained: it teaches, but is no news to the counts that the signals look at.
        "--timestamp", "1000",
      ])
    }
  }

  private func corrections(_ ranking: RankOutput) throws -> [Float] {
    let column = try #require(ranking.signals.firstIndex(of: "online"))
    for item in ranking.items {
      #expect(item.contributions.dropFirst().reduce(item.contributions[0], +) == item.score)
    }
    return ranking.items.map { $0.contributions[column] }
  }

  @Test("what feedback has taught is a column, is in the description, and is there after a restart")
  func restart() throws {
    let first = try start()
    var ranking: RankOutput = try first.answer(rank)
    #expect(try corrections(ranking).allSatisfy { $0 == 0 })
    try teach(first)
    ranking = try first.answer(rank)
    let learned = try corrections(ranking)
    #expect(Set(learned).count > 1)
    var description: DescribeOutput = try first.answer(["describe"])
    #expect(description.onlineUpdates == 5 && description.onlineUnmatched == 0)
    #expect(description.policyVersion.contains("learn=alpha:0.5+beta:1.0+l1:0.0"), "\(description.policyVersion)")
    #expect(try first.ask(["describe"]).stdout.contains("5 steps"))
    #expect(try first.stop() == 0)

    let second = try start()
    #expect(!second.standardError.contains("online.safetensors"), "\(second.standardError)")
    let again: RankOutput = try second.answer(rank)
    #expect(again.items.map(\.score) == ranking.items.map(\.score))
    description = try second.answer(["describe"])
    #expect(description.onlineUpdates == 5)
    // What the log replays was shown by an earlier run, of which nothing is remembered.
    #expect(description.onlineUnmatched == 0 && description.eventsRecorded == 5)
    #expect(try second.stop() == 0)
  }

  @Test("a damaged state is a note and a fresh start, and the next drain mends it", arguments: [0, 100, 4_000])
  func damaged(bytes: Int) throws {
    let first = try start()
    try teach(first)
    try first.stop()
    let path = state + "/online.safetensors"
    let sound = try contents(path)
    try write(Array(sound.prefix(min(bytes, sound.count - 1))), to: path)
    let second = try start()
    #expect(second.standardError.contains("online.safetensors cannot be used"), "\(second.standardError)")
    #expect(second.standardError.contains("learning begins anew"))
    let fresh: RankOutput = try second.answer(rank)
    #expect(try corrections(fresh).allSatisfy { $0 == 0 })
    try teach(second)
    try second.stop()
    #expect(try contents(path) == sound)
  }

  @Test("what was learned for another model is left alone until there is something to save")
  func otherModel() throws {
    let first = try start()
    try teach(first)
    try first.stop()
    let saved = try contents(state + "/online.safetensors")
    let other = folder.file("other.safetensors")
    let (status, _, errors) = try runCommand([
      "train", "--data", sample.worldFolder, "--out", other, "--threads", "1", "--blend-lists", "100", "--seed", "9",
    ])
    #expect(status == 0, "\(errors)")
    let second = try ServerProcess(["--learn"], model: other, stateFolder: state)
    #expect(second.standardError.contains("learned for another model"), "\(second.standardError)")
    try second.stop()
    #expect(try contents(state + "/online.safetensors") == saved)
  }

  @Test("without --learn nothing is kept, and what cannot be is refused with the offending value")
  func refusals() throws {
    let plain = try ServerProcess(["--epsilon", "0", "--bandit", "off"], stateFolder: state)
    let ranking: RankOutput = try plain.answer(rank)
    #expect(!ranking.signals.contains("online"))
    try teach(plain)
    let after: RankOutput = try plain.answer(rank)
    #expect(after.items.map(\.score) == ranking.items.map(\.score))
    try plain.stop()
    #expect(!FileManager.default.fileExists(atPath: state + "/online.safetensors"))

    func serve(_ arguments: String...) throws -> CommandResult {
      try runCommand(["serve", "--model", sample.modelPath, "--listen", "127.0.0.1:0", "--state", state] + arguments)
    }
    for (option, value) in [("rate", "0"), ("rate", "nan"), ("beta", "0"), ("l1", "-1"), ("l2", "1e9")] {
      let result = try serve("--learn", "--learn-\(option)=\(value)")
      #expect(result.status == 64 && result.stderr.contains("--learn-\(option)"), "\(result)")
    }
    let rateAlone = try serve("--learn-rate", "0.5")
    #expect(rateAlone.status == 64 && rateAlone.stderr.contains("without --learn"), "\(rateAlone)")
    let classic = folder.file("classic.safetensors")
    let trained = try runCommand([
      "train", "--data", sample.worldFolder, "--out", classic, "--recipe", "classic", "--factors", "4", "--epochs", "1",
    ])
    #expect(trained.status == 0, "\(trained.stderr)")
    expectRefusal(
      try runCommand([
        "serve", "--model", classic, "--listen", "127.0.0.1:0", "--state", state, "--learn",
      ]), status: 64, "learn needs a model that ranks as of the moment")
  }
}
