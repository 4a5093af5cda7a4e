import Foundation
import ServerSupport
import Testing

@Suite("apus evaluate --report")
struct CommandEvaluateReportTests {
  private let sample: SampleModel
  private let folder: TemporaryFolder

  init() throws {
    sample = try SampleModel.shared()
    folder = try TemporaryFolder()
  }

  private func arguments(_ impressions: String) -> [String] {
    [
      "evaluate", "--data", sample.worldFolder, "--impressions", impressions, "--blend-lists", "200", "--resamples",
      "50",
      "--threads", "1",
    ]
  }

  /// The page as a tree: it is well-formed XML but for the document type and elements that need no end.
  private func tree(_ page: String) throws -> [String: Int] {
    let void = page.replacingOccurrences(of: "<!DOCTYPE html>", with: "")
      .replacingOccurrences(of: "(<meta [^>]*)>", with: "$1/>", options: .regularExpression)
    let path = folder.file("page.xml")
    try void.write(toFile: path, atomically: true, encoding: .utf8)
    let check = Process()
    check.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let script = """
      import collections, json, sys, xml.etree.ElementTree as tree
      print(json.dumps(collections.Counter(element.tag for element in tree.parse(sys.argv[1]).iter())))
      """
    check.arguments = ["python3", "-c", script, path]
    let pipe = Pipe()
    check.standardOutput = pipe
    try check.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    check.waitUntilExit()
    try #require(check.terminationStatus == 0, "not well-formed")
    return try JSONDecoder().decode([String: Int].self, from: output)
  }

  @Test("the page has its pictures and tables, needs nothing else, and names cannot break out of it")
  func page() throws {
    let hostile = folder.file("a<b>&\"'<script>.csv")
    try FileManager.default.copyItem(atPath: sample.worldFolder + "/impressions.csv", toPath: hostile)
    let path = folder.file("report.html")
    let result = try runCommand(arguments(hostile) + ["--report", path, "--ablate", "--json"])
    #expect(result.status == 0, "\(result.stderr.suffix(2_000))")
    let page = try String(contentsOfFile: path, encoding: .utf8)
    let elements = try tree(page)
    #expect(elements["svg"] == 5 && elements["table"] == 4 && elements["title"] ?? 0 > 30, "\(elements)")
    for outside in ["script", "img", "link", "iframe", "object", "b<", "image", "use"] {
      #expect(elements[outside] == nil)
    }
    for fetch in ["http:", "https:", "url(", "@import", "src=", "href="] { #expect(!page.contains(fetch), "\(fetch)") }
    #expect(page.contains("a&lt;b&gt;&amp;&quot;&#39;&lt;script&gt;.csv"))
    for text in ["prefers-color-scheme: dark", "NDCG@10", "affinity_month", "seed 42", "What the columns mean"] {
      #expect(page.contains(text), "\(text)")
    }
    struct Output: Decodable {
      struct Line: Decodable {
        let group: String
        let gain: Double
      }
      let ablation: [Line]
    }
    let ablation = try JSONDecoder().decode(Output.self, from: Data(result.stdout.utf8)).ablation
    #expect(ablation.count == 13 && ablation.map(\.gain) == ablation.map(\.gain).sorted(by: >))
    #expect(ablation.contains { $0.gain != 0 })
    for line in ablation { #expect(page.contains(">\(line.group)</th>"), "\(line.group)") }
    let rest = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".partial") }
    #expect(rest == [])
  }

  @Test("a page that cannot be written is refused before any work, and the old one stays")
  func cannotWrite() throws {
    let impressions = sample.worldFolder + "/impressions.csv"
    expectRefusal(
      try runCommand(arguments(impressions) + ["--report", folder.file("none") + "/report.html"]), status: 73,
      "cannot write", "none/report.html")
    expectRefusal(try runCommand(arguments(impressions) + ["--report", folder.path]), status: 73, "it is a folder")
  }
}
