import Artifact
import Foundation
import ServerSupport
import Testing

@Suite("apus evaluate")
struct CommandEvaluateTests {
  private let sample: SampleModel
  private let folder: TemporaryFolder

  init() throws {
    sample = try SampleModel.shared()
    folder = try TemporaryFolder()
  }

  private struct Output: Decodable {
    struct Line: Decodable {
      let ndcg: Double?
      let mrr: Double?
      let map: Double?
      let auc: Double?
      enum CodingKeys: String, CodingKey {
        case ndcg = "ndcg@10"
        case mrr
        case map = "map@10"
        case auc
      }
    }
    let impressions: Int
    let models: [String: Line]
    let switchedOff: [String]
    enum CodingKeys: String, CodingKey {
      case impressions, models
      case switchedOff = "switched_off"
    }
  }

  private var arguments: [String] {
    [
      "evaluate", "--data", sample.worldFolder, "--impressions", sample.worldFolder + "/impressions.csv",
      "--blend-lists", "300", "--resamples", "100", "--threads", "1",
    ]
  }

  @Test("the ranker is above chance and above the classic hybrid; the same call prints the same bytes")
  func evaluates() throws {
    let first = try runCommand(arguments + ["--json"])
    #expect(first.status == 0, "\(first.stderr)")
    let output = try JSONDecoder().decode(Output.self, from: Data(first.stdout.utf8))
    #expect(output.impressions > 100)
    let (ranker, random) = (try #require(output.models["ranker"]?.ndcg), try #require(output.models["random"]?.ndcg))
    let classic = try #require(output.models["classic"]?.ndcg)
    #expect(ranker > random + 0.1 && ranker > classic, "\(ranker) \(classic) \(random)")
    for name in ["newest", "popular", "trending", "interests", "affinity_month"] {
      #expect(output.models[name]?.ndcg != nil, "\(name)")
    }
    #expect(try runCommand(arguments + ["--json"]).stdout == first.stdout)
  }

  @Test("the table names the models, the slices and what is switched off; --without takes a signal away")
  func table() throws {
    let result = try runCommand(arguments + ["--without", "interests,interests_now"])
    #expect(result.status == 0)
    let texts = [
      "NDCG@10", "ranker", "classic", "random", "tweets that nobody had engaged with", "interests: left out",
      "made harder", "text only", "new author", "three engagements",
    ]
    for text in texts {
      #expect(result.stdout.contains(text), "\(text)")
    }
    #expect(!result.stdout.contains("\ninterests "))
  }

  @Test("--online adds the corrected ranker, compared with the ranker; its rates are refused without it")
  func online() throws {
    struct Output: Decodable {
      struct Line: Decodable {
        struct Difference: Decodable { let against: String }
        let kind: String
        let difference: Difference?
      }
      let models: [String: Line]
    }
    let result = try runCommand(arguments + ["--online", "--learn-l1", "0", "--json"])
    #expect(result.status == 0, "\(result.stderr)")
    let output = try JSONDecoder().decode(Output.self, from: Data(result.stdout.utf8))
    let line = try #require(output.models["online"])
    #expect(line.kind == "recipe" && line.difference?.against == "ranker")
    #expect(try runCommand(arguments + ["--learn-l1", "0"]).status == 64)
  }

  @Test("--signals-to writes the matrix that the blend was learned from and the one that was ranked")
  func signals() throws {
    let path = folder.file("signals.safetensors")
    #expect(try runCommand(arguments + ["--signals-to", path]).status == 0)
    let tensors = try TensorSet.read(path: path)
    let names = try #require(tensors.metadata["signals"]).split(separator: ",")
    for part in ["temporal", "retrospective", "impressions"] {
      let labels = try #require(tensors.tensor("\(part).labels")?.shape.first)
      #expect(labels > 0 && tensors.tensor("\(part).values")?.shape == [labels, names.count], "\(part)")
      let offsets = try tensors.column("\(part).offsets", of: UInt64.self, shape: [nil])
      #expect(offsets.last == UInt64(labels))
    }
  }

  @Test("unknown users and tweets, missing and absurd times, lists without positives or negatives have a result")
  func unknowns() throws {
    let path = folder.file("odd.csv")
    let rows = [
      "impression_id,user_id,timestamp,candidates", "1,nobody,5,xx-0 yy-0", "2,\(sample.userKeys[0]),,zz-1",
      "3,\(sample.userKeys[1]),9999999999,q-1 r-0 \(sample.tweetKeys[0])-0", "4,\(sample.userKeys[1]),1,one-0",
    ]
    try rows.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    let result = try runCommand([
      "evaluate", "--data", sample.worldFolder, "--impressions", path, "--blend-lists", "50", "--resamples", "20",
      "--json",
    ])
    #expect(result.status == 0, "\(result.stderr.suffix(2_000))")
    let output = try JSONDecoder().decode(Output.self, from: Data(result.stdout.utf8))
    #expect(output.impressions == 4 && output.models["ranker"]?.ndcg != nil)
    #expect(result.stdout.contains("\"without_positive\" : 2") && result.stdout.contains("\"without_negative\" : 1"))
  }

  @Test("MIND's form of the same impressions gives the same numbers")
  func mind() throws {
    let lines = try String(contentsOfFile: sample.worldFolder + "/impressions.csv", encoding: .utf8).split(
      separator: "\n")
    let writer = DateFormatter()
    writer.locale = Locale(identifier: "en_US_POSIX")
    writer.timeZone = TimeZone(identifier: "UTC")
    writer.dateFormat = "M/d/yyyy h:mm:ss a"
    let rows = try lines.dropFirst().enumerated().map { number, line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      try #require(fields.count == 4)
      let time = writer.string(from: Date(timeIntervalSince1970: try #require(Double(fields[2]))))
      let history = number % 3 == 0 ? "" : "N1 N2"
      return "\(fields[0])\t\(fields[1])\t\(time)\t\(history)\t\(fields[3])\n"
    }
    let path = folder.file("behaviors.tsv")
    try rows.joined().write(toFile: path, atomically: true, encoding: .utf8)
    let mind = try runCommand(arguments + ["--impressions", path, "--format", "mind", "--json"])
    #expect(mind.status == 0, "\(mind.stderr.suffix(2_000))")
    #expect(try runCommand(arguments + ["--json"]).stdout == mind.stdout)
    let bad = try runCommand(
      arguments + ["--impressions", sample.worldFolder + "/impressions.csv", "--format", "mind"])
    #expect(bad.status == 65 && bad.stderr.contains("impressions.csv:1: 1 field where there should be 5 between tabs"))
    let unknown = try runCommand(arguments + ["--format", "letor"])
    #expect(unknown.status == 64 && unknown.stderr.contains("letor"))
  }

  @Test("a signal that is not there, a file that is not there and a wrong label say so")
  func faults() throws {
    let unknown = try runCommand(arguments + ["--without", "astrology"])
    #expect(unknown.status == 64 && unknown.stderr.contains("astrology") && unknown.stderr.contains("interests"))
    let missing = try runCommand(["evaluate", "--data", sample.worldFolder, "--impressions", "/none.csv"])
    #expect(missing.status == 66 && missing.stderr.contains("/none.csv"))
    let path = folder.file("wrong.csv")
    try "impression_id,user_id,timestamp,candidates\n1,2,3,4-7\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    let wrong = try runCommand(["evaluate", "--data", sample.worldFolder, "--impressions", path])
    #expect(wrong.status == 65 && wrong.stderr.contains("wrong.csv:2") && wrong.stderr.contains("4-7"))
    let rows = try String(contentsOfFile: sample.worldFolder + "/impressions.csv", encoding: .utf8)
    try (rows + "1,2,3,4-7\n1,2,soon,4-1\n").write(toFile: path, atomically: true, encoding: .utf8)
    let skipped = try runCommand(arguments + ["--impressions", path, "--skip-bad-rows"])
    #expect(skipped.stdout.contains("2 rows of the impressions were malformed and passed over."))
  }
}
