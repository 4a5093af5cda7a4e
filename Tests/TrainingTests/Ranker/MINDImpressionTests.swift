import Artifact
import Foundation
import Kernels
import Testing

@testable import Training

@Suite("Impressions in MIND's form")
struct MINDImpressionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(
    _ text: String, _ format: ImpressionFormat = .mind, skips: Bool = false
  ) throws -> ImpressionList {
    let name = format == .mind ? "behaviors.tsv" : "impressions.csv"
    try folder.write(name, text)
    return try ImpressionList.read(
      path: folder.path + "/" + name, format: format, skipsBadRows: skips, progress: SilentProgress())
  }

  @Test("histories may be empty, ids are any text, quotes and commas are nothing special, lines may end in CRLF")
  func sound() throws {
    let list = try read(
      "1\tU13740\t11/15/2019 8:55:22 AM\tN1 N2\tN55689-1 N-3-0\r\n"
        + "2\t\"quoted\t1/1/1970 12:00:01 AM\t\t7-0 a,b-1 7-1\r\n\r\n3\tU1\t1/1/1970 12:59:59 PM\tN1\tx-0")
    #expect(list.names == ["1", "2", "3"] && list.times == [1_573_808_122, 1, 46_799])
    #expect(list.users == [EntityID.of("U13740"), EntityID.of("\"quoted"), EntityID.of("U1")])
    #expect(list.tweets == [EntityID.of("N55689"), EntityID.of("N-3"), 7, EntityID.of("a,b"), EntityID.of("x")])
    #expect(list.labels == [true, false, true, true, false] && list.repeated == 1)
    #expect(list.report.rowsRead == 3)
  }

  @Test("the same impressions read from either form are the same list")
  func formsAgree() throws {
    var random = SeededGenerator(seed: 11)
    let writer = Self.writer()
    var (csv, tsv) = ("impression_id,user_id,timestamp,candidates\n", "")
    for number in 0..<300 {
      let user = ["U\(random.below(50))", "\(random.below(50))", "é-\(random.below(9))"][random.below(3)]
      let seconds = random.below(2_000_000_000)
      let history = (0..<random.below(4)).map { _ in "N\(random.below(99))" }.joined(separator: " ")
      let shown = (0...random.below(12)).map { _ in
        "\(["N", "", "a-"][random.below(3)])\(random.below(20))-\(random.below(2))"
      }.joined(separator: " ")
      csv += "\(number),\(user),\(seconds),\(shown)\n"
      tsv += "\(number)\t\(user)\t\(writer.string(from: Date(timeIntervalSince1970: Double(seconds))))\t"
      tsv += "\(history)\t\(shown)\n"
    }
    let (plain, mind) = (try read(csv, .apus), try read(tsv))
    #expect(plain.count == 300 && plain.names == mind.names && plain.users == mind.users)
    #expect(plain.times == mind.times && plain.offsets == mind.offsets && plain.tweets == mind.tweets)
    #expect(plain.labels == mind.labels && plain.repeated == mind.repeated && plain.repeated > 0)
  }

  private static func writer() -> DateFormatter {
    let writer = DateFormatter()
    writer.locale = Locale(identifier: "en_US_POSIX")
    writer.timeZone = TimeZone(identifier: "UTC")
    writer.dateFormat = "M/d/yyyy h:mm:ss a"
    return writer
  }

  @Test(
    "a malformed row is refused with file, line, reason and value, or counted",
    arguments: [
      ("1\tu\t11/15/2019 8:55:22 AM\t\tN1", "candidates: a candidate is tweet_id-label", "N1"),
      ("1\tu\t11/15/2019 8:55:22 AM\t\tN1-2", "candidates: a label is 0 or 1", "N1-2"),
      ("1\tu\t11/15/2019 8:55:22 AM\tN1\t", "candidates: there are no candidates", "2"),
      ("1\tu\t11/15/2019 8:55:22 AM\tN1-1", "4 fields where there should be 5", "2"),
      ("1\tu\t11/15/2019 8:55:22 AM\t\tN1-1\tmore", "6 fields", "2"),
      ("1\t\t11/15/2019 8:55:22 AM\t\tN1-1", "user: the id is empty", "2"),
      ("\tu\t11/15/2019 8:55:22 AM\t\tN1-1", "impression: the id is empty", "2"),
      ("1\tu\t\t\tN1-1", "time: not a time such as", "\"\""),
      ("1\tu\t13/15/2019 8:55:22 AM\t\tN1-1", "time", "13/15/2019"),
      ("1\tu\t2/29/2019 8:55:22 AM\t\tN1-1", "time", "2/29/2019"),
      ("1\tu\t2/28/2019 0:55:22 AM\t\tN1-1", "time", "0:55:22"),
      ("1\tu\t2/28/2019 13:55:22 PM\t\tN1-1", "time", "13:55"),
      ("1\tu\t2/28/2019 8:5:22 AM\t\tN1-1", "time", "8:5:22"),
      ("1\tu\t2/28/2019 8:55:22\t\tN1-1", "time", "8:55:22"),
      ("1\tu\t2019-02-28 8:55:22 AM\t\tN1-1", "time", "2019-02-28"),
      ("1\tu\t1/1/0000 8:55:22 AM\t\tN1-1", "time", "1/1/0000"),
    ])
  func malformed(_ row: String, _ reason: String, _ value: String) throws {
    let good = "0\tu\t11/15/2019 8:55:22 AM\t\tN1-1\n"
    let error = #expect(throws: TrainingError.self) { try read(good + row + "\n" + good) }
    let message = error.map { "\($0)" } ?? ""
    #expect(message.hasPrefix("behaviors.tsv:2: ") && message.contains(reason) && message.contains(value), "\(message)")
    let list = try read(good + row + "\n" + good, skips: true)
    #expect(list.count == 2 && list.report.rowsSkipped == 1 && list.repeated == 0)
    #expect(list.report.firstFaults == [message])
  }

  @Test("a row of broken bytes costs itself and no other")
  func brokenBytes() throws {
    let good = Array("0\tu\t11/15/2019 8:55:22 AM\t\tN1-1\n".utf8)
    for at in 0..<(good.count - 1) {
      var bad = good
      bad.insert(0xFF, at: at)
      let path = folder.path + "/broken.tsv"
      try Data(good + bad + good).write(to: URL(fileURLWithPath: path))
      let list = try ImpressionList.read(path: path, format: .mind, skipsBadRows: true, progress: SilentProgress())
      #expect(list.count == 2 && list.report.firstFaults == ["broken.tsv:2: not valid UTF-8"])
    }
  }

  @Test("a file without rows is an error")
  func empty() throws {
    for text in ["", "\n\n"] {
      #expect(throws: TrainingError.noRows(file: "behaviors.tsv")) { try read(text) }
    }
  }
}
