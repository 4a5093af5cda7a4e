import Artifact
import Feedback
import Foundation
import Ranking
import Testing

@Suite("apus evaluate --log")
struct CommandEvaluateLogTests {
  private let log: SampleLog
  private let sample: SampleModel
  private static let itself = ["--bandit", "mean", "--bandit-weight", "2", "--exploration-slot", "1"]

  init() throws {
    log = try SampleLog.shared()
    sample = try SampleModel.shared()
  }

  private func ask(_ arguments: [String], model: Bool = true) throws -> CommandResult {
    try runCommand(
      ["evaluate", "--log", log.folder.path, "--resamples", "200", "--threads", "2"]
        + (model ? ["--model", sample.modelPath] : []) + arguments)
  }

  private func decoded(_ result: CommandResult, status: Int32 = 0) throws -> LogOutput {
    try #require(result.status == status, "\(result.stderr.suffix(2_000))")
    return try JSONDecoder().decode(LogOutput.self, from: Data(result.stdout.utf8))
  }

  @Test("the policy that served earns what it earned, and scores as it did, also beside the log's writer")
  func itself() throws {
    let writer = try LocalLog(folder: log.folder.path)
    defer { writer.close() }
    let output = try decoded(try ask(Self.itself + ["--epsilon", "0.5", "--json"]))
    #expect(output.conclusion == "undecided" && output.result.lists == SampleLog.lists)
    #expect(output.log.joined.scored == SampleLog.lists * SampleLog.shown)
    #expect(output.log.joined.same_scores == output.log.joined.scored)
    #expect(output.log.policies == [SampleLog.policy.version: SampleLog.lists])
    #expect(output.log.unmatched == SampleLog.lists / 7)
    #expect(abs(output.result.total.logged.value - log.meanReward) < 1e-9)
    for name in ["ips", "snips"] {
      let difference = try #require(output.result.total.estimates?[name]?.difference)
      #expect([difference.value, difference.low, difference.high].allSatisfy { abs($0) < 1e-9 }, "\(name)")
    }
    #expect(output.result.positions.allSatisfy { $0.support.effective_sample_size > Double(SampleLog.lists) - 1e-6 })
  }

  @Test("without exploration it would earn something else, told with intervals and the same bytes at each run")
  func withoutExploration() throws {
    let result = try ask(Self.itself + ["--epsilon", "0", "--json"])
    let output = try decoded(result)
    for name in ["ips", "snips", "dr"] {
      let estimate = try #require(output.result.total.estimates?[name])
      #expect(estimate.reward.low < estimate.reward.value && estimate.reward.value < estimate.reward.high)
      #expect(abs(estimate.reward.value - output.result.total.logged.value - estimate.difference.value) < 1e-9)
    }
    #expect(["more", "less", "undecided"].contains(output.conclusion))
    #expect(try ask(Self.itself + ["--epsilon", "0", "--json", "--threads", "1"]).stdout == result.stdout)
    let table = try ask(Self.itself + ["--epsilon", "0"])
    #expect(table.status == 0 && table.stdout.contains("DR − as shown") && table.stdout.contains("\nall "))
  }

  @Test("where support is missing there is no number, but the reason, and exit code 3")
  func missingSupport() throws {
    // Exploration moves the best tweet to the second position; a target that explores the third never does.
    let other = ["--bandit", "off", "--epsilon", "0.5", "--exploration-slot", "3", "--author-penalty", "3"]
    let output = try decoded(try ask(other + ["--json"]), status: 3)
    #expect(output.conclusion == "not enough support" && output.result.total.estimates == nil)
    #expect(!output.result.total.support.gaps.isEmpty)
    #expect(output.result.positions.allSatisfy { ($0.estimates == nil) == !$0.support.gaps.isEmpty })
    let table = try ask(other)
    #expect(table.status == 3 && table.stdout.contains("not enough support"))
    #expect(table.stdout.contains("at some position") && table.stderr == "apus: not enough support to conclude\n")
  }

  @Test("chance needs no model; one position may have an answer where three have none")
  func chance() throws {
    let one = try decoded(try ask(["--target", "random", "--positions", "1", "--json"], model: false))
    #expect(one.result.positions.count == 1 && one.result.total.estimates?["dr"] != nil)
    #expect(one.log.joined.scored == 0)
    #expect(try ask(["--target", "random"], model: false).status == 3)
  }

  @Test("what events are worth, and within which bounds, is the caller's to say")
  func rewards() throws {
    let asked = Self.itself + ["--epsilon", "0.5", "--json"]
    let twice = try decoded(try ask(asked + ["--rewards", "like=0.8"]))
    #expect(abs(twice.result.total.logged.value - 2 * log.meanReward) < 1e-9)
    let held = try decoded(try ask(asked + ["--rewards", "like=8", "--reward-range", "-1,0.2"]))
    #expect(abs(held.result.total.logged.value - log.meanReward / 2) < 1e-9)
    let none = try decoded(try ask(asked + ["--rewards", "like=0"]))
    #expect(none.result.total.logged.value == 0)
  }

  @Test("what events are worth is in the snapshot where the log does not say it any more")
  func rewardsOfSnapshot() throws {
    let folder = try TemporaryFolder()
    for file in try FileManager.default.contentsOfDirectory(atPath: log.folder.path) {
      try FileManager.default.copyItem(atPath: log.folder.file(file), toPath: folder.file(file))
    }
    var weights = RewardWeights()
    try weights.set(.like, to: 0.1)
    weights.setAtSeconds = 5
    let state = FoldedState()
    state.apply(.rewards(weights))
    try state.snapshot().write(to: folder.file("snapshot"))
    let arguments = ["evaluate", "--log", folder.path, "--target", "random", "--positions", "1", "--json"]
    let output = try decoded(try runCommand(arguments))
    let other = try decoded(try runCommand(arguments + ["--rewards", "like=0.4"]))
    #expect(abs(output.result.total.logged.value * 4 - other.result.total.logged.value) < 1e-9)
    #expect(output.result.total.logged.value > 0)
    // So the server whose policy is asked about learned other scores than the one that wrote this log.
    let learned = try decoded(
      try runCommand(
        ["evaluate", "--log", folder.path, "--model", sample.modelPath, "--epsilon", "0.5", "--json"] + Self.itself),
      status: 3)
    #expect(learned.log.joined.same_scores < learned.log.joined.scored)
  }

  @Test(
    "wrong arguments end with code 64 and name what is wrong",
    arguments: [
      (["--data", "x"], "--data does not go with --log"), (["--ablate"], "--ablate does not go with --log"),
      (["--target", "random"], "--log needs --model, or --target random"), (["--clip", "0"], "--clip 0.0"),
      (["--positions", "0"], "--positions 0"), (["--least-samples", "0"], "--least-samples 0"),
      (["--unsupported", "1"], "--unsupported 1.0"), (["--reward-range", "1,0"], "--reward-range 1,0"),
      (["--reward-range", "1"], "--reward-range 1"), (["--reward-range", "1,2"], "0 within"),
      (["--rewards", "love=1"], "no event type love"),
      (["--rewards", "like=99"], "like"), (["--rewards", "impression=1"], "impression"),
      (["--now", "clock"], "--now clock"),
      (["--epsilon", "2"], "--epsilon 2"), (["--weights", "x"], "--weights x"),
      (["--weights", "love=1"], "love"),
    ])
  func usage(arguments: [String], reason: String) throws {
    let result = try ask(arguments)
    #expect(result.status == 64 && result.stderr.contains(reason) && result.stdout.isEmpty, "\(result.stderr)")
  }

  @Test("a folder that is not there, one without a log, and a log without a list that counts are told apart")
  func noLog() throws {
    let folder = try TemporaryFolder()
    func ask(_ path: String) throws -> CommandResult {
      try runCommand(["evaluate", "--log", path, "--target", "random"])
    }
    let missing = try ask(folder.file("nothing"))
    #expect(missing.status == 66 && missing.stderr.contains("nothing"), "\(missing.stderr)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("nothing")))
    let empty = try ask(folder.path)
    #expect(empty.status == 65 && empty.stderr.contains("no segment"), "\(empty.stderr)")
    let writer = try LocalLog(folder: folder.path)
    _ = try writer.append([.rewards(.init())])
    writer.close()
    let none = try ask(folder.path)
    #expect(none.status == 65 && none.stderr.contains("no list of the log counts"), "\(none.stderr)")
    #expect(try runCommand(["evaluate"]).stderr.contains("--data and --impressions, or --log"))
  }
}
