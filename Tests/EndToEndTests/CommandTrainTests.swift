import Artifact
import Foundation
import Testing

/// `apus train` on data folders as people have them: sound, odd and broken.
@Suite("Training data")
struct CommandTrainTests {
  private let folder: TemporaryFolder
  private var model: String { folder.file("model") }

  private static let engagements = [
    "user_id,tweet_id,engagement_score,timestamp", "ann,1,0.4,1700000000", "ben,1,0.6,1700000100",
    "ann,2,1.0,1700000200", "cid,3,0.2,1700000300",
  ]
  private static let tweets = [
    "tweet_id,text,author_id,created_at", "1,Fresh bread every morning,dee,1699990000",
    "2,Bread and cheese for lunch,dee,1699990100", "3,The morning train was late,eve,1699990200",
  ]

  init() throws {
    folder = try TemporaryFolder()
    try put("user_engagements.csv", Self.engagements)
    try put("tweets.csv", Self.tweets)
  }

  private func put(_ name: String, _ lines: [String], lineEnd: String = "\n") throws {
    try write(Array((lines.joined(separator: lineEnd) + lineEnd).utf8), to: folder.file(name))
  }

  /// The lines with one of them (1 is the header) replaced.
  private func replacing(_ line: Int, of lines: [String], with text: String) -> [String] {
    lines.enumerated().map { $0.offset == line - 1 ? text : $0.element }
  }

  private func train(_ arguments: [String] = []) throws -> CommandResult {
    try runCommand(
      ["train", "--data", folder.path, "--out", model, "--factors", "4", "--epochs", "2", "--threads", "1"] + arguments)
  }

  /// Training must end with this code, its last line holding all parts, and leave no model.
  private func expectFault(
    _ parts: [String], status: Int32 = 65, location: SourceLocation = #_sourceLocation
  ) throws {
    let result = try train()
    expectLastLine(result, status: status, location: location)
    for part in parts { expectLastLine(result, status: status, part, location: location) }
    #expect(!FileManager.default.fileExists(atPath: model), sourceLocation: location)
  }

  @Test("The sound folder trains, and its model can be inspected")
  func sound() throws {
    #expect(try train().status == 0)
    #expect(try runCommand(["inspect", model]).status == 0)
  }

  @Test("What only the ranker recipe learns from is refused with the classic one; unreadable files are named")
  func rankerOptions() throws {
    for (option, value) in [("--embeddings", "e"), ("--learn-from", "i.csv"), ("--calibration", "isotonic")] {
      expectRefusal(try train(["--recipe", "classic", option, value]), status: 64, option, value, "ranker")
    }
    expectLastLine(try train(["--embeddings", folder.file("none")]), status: 66, "none: No such file")
    expectLastLine(try train(["--learn-from", folder.file("none")]), status: 66, "none: no such file")
    try put("bad.csv", ["impression_id,user_id,timestamp,candidates", "1,ann,1700000000,1-2"])
    expectLastLine(try train(["--learn-from", folder.file("bad.csv")]), status: 65, "bad.csv:2", "1-2")
    try put("bad.safetensors", ["not a tensor file"])
    expectLastLine(try train(["--embeddings", folder.file("bad.safetensors")]), status: 65, "bad.safetensors")
  }

  @Test("Options for the text reach the model; a stop word file that is not there is named")
  func textOptions() throws {
    try write(Array("of\nthe\n\nwith space\n".utf8), to: folder.file("stop.txt"))
    let options = ["--ngrams", "1-2", "--sublinear-tf", "--max-df", "0.9", "--vocabulary", "7"]
    #expect(try train(options + ["--stop-words", folder.file("stop.txt")]).status == 0)
    let line = "max_features=7 min_df=2 max_df=0.9 ngrams=1-2 norm=l2 smooth_idf=true stop_words="
    #expect(try runCommand(["inspect", model]).stdout.contains(line + "words:of,the sublinear_tf=true tokens=words"))
    #expect(try train(options + ["--stop-words", "english", "--tokens", "tweet"]).status == 0)
    #expect(try runCommand(["inspect", model]).stdout.contains(line + "english sublinear_tf=true tokens=tweet"))
    let missing = try train(["--stop-words", folder.file("none.txt")])
    expectLastLine(missing, status: 66, folder.file("none.txt"))
    expectLastLine(try train(["--min-df", "99"]), status: 65, "tweets.csv: ", "minimum of 99")
  }

  @Test("A malformed row is named by file, line, column, reason and value")
  func badRows() throws {
    let rows: [(file: String, line: Int, text: String, parts: [String])] = [
      ("user_engagements.csv", 3, "ben,1,much,5", ["user_engagements.csv:3: engagement_score", "number", "\"much\""]),
      ("user_engagements.csv", 4, "ann,2,nan,5", ["user_engagements.csv:4: engagement_score", "\"nan\""]),
      ("user_engagements.csv", 2, "ann,1,,5", ["user_engagements.csv:2: engagement_score", "missing"]),
      ("user_engagements.csv", 5, "cid,3,1,yesterday", ["user_engagements.csv:5: timestamp", "\"yesterday\""]),
      ("user_engagements.csv", 3, "ben,1,1,253402300800", ["user_engagements.csv:3: timestamp", "\"253402300800\""]),
      ("tweets.csv", 3, "2,Rye,dee,1699990100000", ["tweets.csv:3: created_at", "milliseconds", "\"1699990100000\""]),
      ("tweets.csv", 2, "1,Rye,dee,-62135596801", ["tweets.csv:2: created_at", "years 1 to 9999", "\"-62135596801\""]),
      ("tweets.csv", 2, "1,Bread,dee,0000-12-31T23:59:59Z", ["tweets.csv:2: created_at", "\"0000-12-31T23:59:59Z\""]),
      ("user_engagements.csv", 5, ",3,1,5", ["user_engagements.csv:5: user_id", "empty"]),
      ("user_engagements.csv", 3, "ben,1", ["user_engagements.csv:3: 2 fields where the header has 4"]),
      ("tweets.csv", 4, "2,Again,dee,5", ["tweets.csv:4: tweet_id", "already given on line 3", "\"2\""]),
      ("tweets.csv", 2, "1,a \"quote\" inside,dee,5", ["tweets.csv:2: ", "quote"]),
      ("tweets.csv", 3, "2,\"never closed,dee,5", ["tweets.csv:3: ", "never closed"]),
      ("tweets.csv", 1, "tweet_id,body,author_id,created_at", ["tweets.csv:1: ", "\"text\" is missing", "body"]),
      ("tweets.csv", 1, "tweet_id,text,text,created_at", ["tweets.csv:1: ", "\"text\" appears twice"]),
    ]
    for row in rows {
      let sound = row.file == "tweets.csv" ? Self.tweets : Self.engagements
      try put(row.file, replacing(row.line, of: sound, with: row.text))
      try expectFault(row.parts)
      try put(row.file, sound)
    }
    var bytes = Array((Self.tweets.joined(separator: "\n") + "\n").utf8)
    bytes[try #require(bytes.firstIndex(of: UInt8(ascii: "F")))] = 0xFF
    try write(bytes, to: folder.file("tweets.csv"))
    try expectFault(["tweets.csv:2: text", "UTF-8", "\\xFF"])
  }

  @Test("The first and the last second of the years 1 to 9999 are times")
  func timesAtTheEnds() throws {
    var tweets = Self.tweets
    tweets[1] = "1,Fresh bread,dee,-62135596800"
    tweets[2] = "2,Bread and cheese,dee,9999-12-31T23:59:59Z"
    try put("tweets.csv", tweets)
    #expect(try train().status == 0)
    let tensors = try TensorSet.read(path: model)
    try withExtendedLifetime(tensors) {
      let created = try tensors.column("tweets.created_at", of: Int64.self, shape: [3])
      #expect(Array(created) == [-62_135_596_800, 253_402_300_799, 1_699_990_200])
    }
  }

  @Test("An empty file, a file without rows and files that are not there are named")
  func missingData() throws {
    for name in ["user_engagements.csv", "tweets.csv"] {
      let sound = try contents(folder.file(name))
      try write([], to: folder.file(name))
      try expectFault(["\(name): the file is empty"])
      try FileManager.default.removeItem(atPath: folder.file(name))
      try expectFault(["\(folder.file(name)): no such file"], status: 66)
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
      try expectFault([folder.file(name), "directory"], status: 66)
      try FileManager.default.removeItem(atPath: folder.file(name))
      try write(sound, to: folder.file(name))
    }
    try put("user_engagements.csv", [Self.engagements[0]])
    try expectFault(["user_engagements.csv: no usable row"])
    expectRefusal(
      try runCommand(["train", "--data", folder.file("nowhere"), "--out", model]), status: 66, "nowhere", "no such file"
    )
  }

  @Test("Scores and weights too small to be divided by end in bad data, the file and the user named")
  func tinyWeights() throws {
    try put("user_engagements.csv", replacing(5, of: Self.engagements, with: "cid,3,5e-324,5"))
    try expectFault(["user_engagements.csv: user \"cid\": ", "sum to 5e-324", "too little"])
    try put("user_engagements.csv", Self.engagements)
    try put("user_graph.csv", ["src_user_id,dst_user_id,weight", "ann,ben,1", "ben,ann,1e-320"])
    try expectFault(["user_graph.csv: user \"ben\": ", "sum to 1e-320", "too little"])
  }

  @Test("--skip-bad-rows counts malformed rows and shows the first ones")
  func skipsBadRows() throws {
    struct Report: Decodable {
      struct File: Decodable {
        let file: String
        let rowsRead: Int
        let rowsSkipped: Int
        let firstFaults: [String]
      }
      let files: [File]
      let engagements: Int
    }
    try put("user_engagements.csv", Self.engagements + ["dan,1,lots,5", "dan,1", "dan,2,0.5,5"])
    let result = try train(["--skip-bad-rows", "--json"])
    #expect(result.status == 0)
    let report = try JSONDecoder().decode(Report.self, from: Data(result.stdout.utf8))
    let file = try #require(report.files.first { $0.file == "user_engagements.csv" })
    #expect(file.rowsRead == 5 && file.rowsSkipped == 2 && report.engagements == 5)
    #expect(file.firstFaults.count == 2 && file.firstFaults[0].hasPrefix("user_engagements.csv:6: engagement_score"))
    let table = try train(["--skip-bad-rows"]).stdout
    #expect(table.contains("5 rows, 2 skipped") && table.contains("user_engagements.csv:7: 2 fields"))
  }

  @Test("A byte order mark, CRLF and line breaks inside quotes change nothing")
  func oddButSound() throws {
    #expect(try train().status == 0)
    let plain = try TensorSet.read(path: model)
    var tweets = Self.tweets
    tweets[1] = "1,\"Fresh bread\nevery morning\",dee,1699990000"
    try write(Array("\u{FEFF}\(tweets.joined(separator: "\r\n"))\r\n\r\n".utf8), to: folder.file("tweets.csv"))
    try put("user_engagements.csv", Self.engagements, lineEnd: "\r\n")
    #expect(try train().status == 0)
    let odd = try TensorSet.read(path: model)
    for name in plain.names where name != "tweets.text.bytes" {
      let (a, b) = (try #require(plain.tensor(name)), try #require(odd.tensor(name)))
      #expect(a.shape == b.shape && a.bytes.elementsEqual(b.bytes), "\(name)")
    }
    #expect(try odd.strings("tweets.text", count: 3).string(0) == "Fresh bread\nevery morning")
  }

  @Test("Engagements with tweets that tweets.csv lacks are kept, counted and ranked")
  func unlistedTweets() throws {
    try put("user_engagements.csv", Self.engagements + ["ann,99,0.4,5", "ben,99,0.4,5", "cid,98,0.4,5"])
    let result = try train()
    #expect(result.status == 0 && result.stdout.contains("3 with 2 tweets not in tweets.csv"), "\(result.stdout)")
    let server = try ServerProcess(["--epsilon", "0"], model: model)
    let ranking: RankOutput = try server.answer(["rank", "--user", "ann", "--tweets", "1,99,97"])
    #expect(try ranking.item("99").familiarity == "known" && ranking.item("99").text == "")
    #expect(try ranking.item("97").familiarity == "unknown" && ranking.item("1").text == "Fresh bread every morning")
    let table = try server.ask(["rank", "--user", "ann", "--tweets", "99"])
    #expect(table.stdout.contains("(no text)") && !table.stdout.contains("(known)"))
  }

  @Test("An --out that cannot be written is refused before any file is read")
  func unwritableOutput() throws {
    try put("tweets.csv", ["broken"])
    for (out, reason) in [
      (folder.file("no/such/model"), "No such file or directory"), (folder.path, "it is a folder"),
      (folder.file("tweets.csv/model"), "is not a folder"),
    ] {
      expectRefusal(
        try runCommand(["train", "--data", folder.path, "--out", out]), status: 73, "cannot write \(out)", reason)
    }
  }
}
