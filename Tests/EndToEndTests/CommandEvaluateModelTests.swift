import Foundation
import ServerSupport
import Testing

@Suite("apus evaluate --model")
struct CommandEvaluateModelTests {
  private let sample: SampleModel
  private let folder: TemporaryFolder

  init() throws {
    sample = try SampleModel.shared()
    folder = try TemporaryFolder()
  }

  private struct Output: Decodable {
    struct Line: Decodable {
      let ndcg: Double?
      enum CodingKeys: String, CodingKey { case ndcg = "ndcg@10" }
    }
    struct Given: Decodable {
      let version: String
      let as_of: Int64
    }
    let models: [String: Line]
    let model: Given?
    let first_time: Int64
  }

  private func evaluate(_ more: [String]) throws -> CommandResult {
    try runCommand(
      [
        "evaluate", "--data", sample.worldFolder, "--impressions", sample.worldFolder + "/impressions.csv",
        "--blend-lists", "300", "--resamples", "20", "--threads", "1", "--json",
      ] + more)
  }

  private func decoded(_ result: CommandResult) throws -> Output {
    try #require(result.status == 0, "\(result.stderr.suffix(2_000))")
    return try JSONDecoder().decode(Output.self, from: Data(result.stdout.utf8))
  }

  /// A copy of the world with nothing in it that is as new as `end`; `drop` leaves out every so many engagements.
  private func past(before end: Int64, drop: Int = 0) throws -> String {
    let copy = folder.file("past\(drop)")
    let script = """
      import csv, os, sys
      source, target, end, drop = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
      os.mkdir(target)
      for name in os.listdir(source):
          if not name.endswith(".csv") or name == "impressions.csv": continue
          rows = list(csv.reader(open(f"{source}/{name}", newline="")))
          times = [i for i, title in enumerate(rows[0]) if title in ("timestamp", "created_at")]
          kept = [row for row in rows[1:] if all(int(row[i] or 0) < end for i in times)]
          if drop and name == "user_engagements.csv": kept = kept[::drop]
          csv.writer(open(f"{target}/{name}", "w", newline="")).writerows([rows[0]] + kept)
      """
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    python.arguments = ["python3", "-c", script, sample.worldFolder, copy, "\(end)", "\(drop)"]
    try python.run()
    python.waitUntilExit()
    try #require(python.terminationStatus == 0)
    return copy
  }

  private func train(_ data: String, _ more: [String] = []) throws -> String {
    let path = folder.file("model-\(UUID().uuidString).safetensors")
    let result = try runCommand(
      ["train", "--data", data, "--out", path, "--blend-lists", "300", "--threads", "1"] + more)
    try #require(result.status == 0, "\(result.stderr.suffix(2_000))")
    return path
  }

  @Test("a model of the past ranks as one trained on the spot, and what is counted since is counted alike")
  func measures() throws {
    let here = try decoded(try evaluate([]))
    let model = try train(try past(before: here.first_time))
    let result = try evaluate(["--model", model])
    let given = try decoded(result)
    #expect((given.model?.as_of ?? .max) < given.first_time && here.model == nil)
    let plain = [
      "random", "newest", "popular", "trending", "affinity_month", "author_day", "edges", "hashtag_affinity",
      "reply_affinity", "since_visit", "interests", "topics_now", "classic",
    ]
    for name in plain {
      let (a, b) = (try #require(given.models[name]?.ndcg), try #require(here.models[name]?.ndcg))
      #expect(abs(a - b) < 1e-9, "\(name): \(a) and \(b)")
    }
    let (ranker, random) = (try #require(given.models["ranker"]?.ndcg), try #require(given.models["random"]?.ndcg))
    #expect(ranker > random + 0.1 && abs(ranker - (here.models["ranker"]?.ndcg ?? 0)) < 0.05)
    #expect(try evaluate(["--model", model]).stdout == result.stdout)
  }

  @Test("a model that has seen the impressions, another log or no moment is refused with the reason")
  func refuses() throws {
    let first = try decoded(try evaluate([])).first_time
    let seen = try train(sample.worldFolder)
    expectLastLine(
      try evaluate(["--model", seen]), status: 65, seen, "it has seen what happened until 2",
      "the first impression is of 2")
    let other = try train(try past(before: first, drop: 2))
    expectLastLine(try evaluate(["--model", other]), status: 65, other, "another log", sample.worldFolder)
    let classic = try train(try past(before: first), ["--recipe", "classic"])
    expectLastLine(try evaluate(["--model", classic]), status: 65, classic, "not of the ranker recipe")
    let none = folder.file("none.safetensors")
    expectLastLine(try evaluate(["--model", none]), status: 66, none)
    for option in [["--ablate"], ["--without", "age"], ["--signals-to", folder.file("s")]] {
      let result = try evaluate(["--model", seen] + option)
      #expect(result.status == 64 && result.stderr.contains("--model"), "\(option)")
    }
  }
}
