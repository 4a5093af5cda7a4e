import Foundation
import Testing

/// Help that helps, and wrong arguments that are told apart from wrong data.
@Suite("Help and wrong arguments")
struct CommandUsageTests {
  private static let commands = [
    "train", "serve", "rank", "similar", "top", "record", "rewards", "recommend", "precompute", "describe", "evaluate",
    "inspect", "log", "synthesize",
  ]

  @Test("Every command has help with an example of itself", arguments: commands)
  func help(command: String) throws {
    let result = try runCommand([command, "--help"])
    #expect(result.status == 0 && result.stderr.isEmpty)
    #expect(result.stdout.contains("OVERVIEW: ") && result.stdout.contains("\n  apus \(command)"))
    #expect(try runCommand(["help", command]).stdout == result.stdout)
  }

  @Test("The program's help names all commands and the exit codes; --version is the one that models carry")
  func overview() throws {
    let help = try runCommand(["--help"]).stdout
    for command in Self.commands { #expect(help.contains("\n  \(command)  ")) }
    #expect(help.contains("64 wrong arguments") && help.contains("73 output"))
    let version = try runCommand(["--version"]).stdout.trimmingCharacters(in: .whitespacesAndNewlines)
    let metadata = try runCommand(["inspect", SampleModel.shared().modelPath]).stdout
    #expect(metadata.contains("apus \(version)"))
  }

  @Test(
    "Wrong arguments end with code 64 and name what is wrong",
    arguments: [
      (["frobnicate"], "frobnicate"), (["train"], "--data"), (["train", "--data", "x"], "--out"),
      (["train", "--data", "x", "--out", "y", "--factors", "many"], "many"),
      (["train", "--data", "x", "--out", "y", "--factors", "0"], "--factors 0: must be 1…1024"),
      (["train", "--data", "x", "--out", "y", "--learning-rate", "nan"], "--learning-rate nan: must be positive"),
      (["train", "--data", "x", "--out", "y", "--vocabulary", "0"], "--vocabulary 0: must be at least 1"),
      (["train", "--data", "x", "--out", "y", "--min-df", "0"], "--min-df 0: must be a count"),
      (["train", "--data", "x", "--out", "y", "--max-df", "1.5"], "--max-df 1.5: must be a count"),
      (["train", "--data", "x", "--out", "y", "--min-df", "few"], "few"),
      (["train", "--data", "x", "--out", "y", "--ngrams", "2-1"], "--ngrams 2-1: must be a length"),
      (["train", "--data", "x", "--out", "y", "--ngrams", "1-9"], "--ngrams 1-9: must be within 1-8"),
      (["train", "--data", "x", "--out", "y", "--tokens", "bytes"], "bytes"),
      (["evaluate", "--data", "x", "--impressions", "y", "--min-df", "0"], "--min-df 0: must be a count"),
      (["train", "--data", "x", "--out", "y", "--threads", "0"], "--threads 0: must be 1…1024"),
      (["synthesize", "--out", "x", "--users", "1"], "--users 1: must be 2"),
      (["serve"], "--model"), (["serve", "--model", "x", "--workers", "0"], "--workers 0"),
      (["serve", "--model", "x", "--epsilon", "1.5"], "--epsilon 1.5"),
      (["serve", "--model", "x", "--log-retention-bytes", "-1"], "--log-retention-bytes"),
      (["serve", "--model", "x", "--log-retention-days", "nan"], "--log-retention-days nan"),
      (["serve", "--model", "x", "--bandit", "sums"], "--bandit"),
      (["serve", "--model", "x", "--exploration-slot", "0"], "--exploration-slot 0"),
      (["serve", "--model", "x", "--bandit", "ucb", "--bandit-weight", "inf"], "--bandit-weight inf: not finite"),
      (["serve", "--model", "x", "--bandit-weight", "1"], "--bandit prior-ucb has no --bandit-weight"),
      (["serve", "--model", "x", "--bandit-prior", "0"], "--bandit-prior 0.0: not in 0.01 to 1000000"),
      (["serve", "--model", "x", "--bandit-bonus", "101"], "--bandit-bonus 101.0: not in 0 to 100"),
      (["serve", "--model", "x", "--bandit-unit", "0"], "--bandit-unit 0.0: not in 0.001 to 1000"),
      (["serve", "--model", "x", "--bandit", "off", "--bandit-prior", "1"], "--bandit off has no --bandit-prior"),
      (["serve", "--model", "x", "--bandit", "classic", "--bandit-worth", "mean"], "--bandit-worth"),
      (["serve", "--model", "x", "--bandit", "thompson", "--bandit-bonus", "1"], "thompson has no --bandit-bonus"),
      (["serve", "--model", "x", "--bandit", "thompson", "--bandit-unit", "nan"], "--bandit-unit nan: not in"),
      (["serve", "--model", "x", "--bandit", "linucb", "--bandit-weight", "1"], "linucb has no --bandit-weight"),
      (["serve", "--model", "x", "--bandit", "linucb", "--bandit-prior", "0"], "--bandit-prior 0.0: not in"),
      (["serve", "--model", "x", "--listen", "localhost"], "--listen localhost"),
      (["serve", "--model", "x", "--listen", "127.0.0.1:65536"], "--listen 127.0.0.1:65536"),
      (["serve", "--model", "x", "--redis", "localhost"], "--redis"),
      (["precompute", "--model", "x"], "--redis"),
      (["precompute", "--model", "x", "--dry-run", "--redis-prefix", "a b"], "--redis-prefix"),
      (["precompute", "--model", "x", "--dry-run", "--threads", "0"], "--threads 0"),
      (["rank", "--tweets", "1"], "--user"), (["rank", "--user", "u"], "no candidates"),
      (["rank", "--user", "u", "--tweets", " , "], "no candidates"),
      (["rank", "--user", "", "--tweets", "1"], "--user is empty"),
      (["rank", "--user", "u", "--new", "=text"], "'--new =text' has an empty id"),
      (["rank", "--user", "u", "--new", "==x"], "'--new ==x' has an empty id"),
      (["rank", "--user", "u", "--new", "77"], "id=text"),
      (["rank", "--user", "u", "--tweets", "1", "--address", "nowhere"], "\"nowhere\" is not host:port"),
      (["rewards", "like"], "like is not type=weight"), (["rewards", "like=much"], "like=much is not type=weight"),
      (["rewards", "impression=1"], "impression is none of click, like"), (["rewards", "lick=1"], "lick is none of"),
      (["similar"], "--tweet or --text"), (["similar", "--text", ""], "--text is empty"),
      (["top", "--by", "beauty"], "beauty"), (["record", "--user", "u", "--tweet", "t", "--event", "dance"], "dance"),
      (["record", "--user", "u", "--tweet", "", "--event", "like"], "--tweet is empty"), (["inspect"], "<file>"),
    ])
  func wrongArguments(arguments: [String], part: String) throws {
    let folder = try TemporaryFolder()
    let result = try runCommand(arguments, folder: folder.path)
    #expect(result.status == 64 && result.stdout.isEmpty, "\(result)")
    #expect(result.stderr.contains(part), "\(result.stderr)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test("A world that cannot be written is refused in the system's words")
  func unwritableWorld() throws {
    let folder = try TemporaryFolder()
    try write([], to: folder.file("plain"))
    for name in ["plain", "plain/world"] {
      expectRefusal(
        try runCommand(["synthesize", "--out", folder.file(name), "--users", "5", "--tweets", "5"]), status: 73,
        folder.file("plain"), "not a folder")
    }
  }
}
