import Foundation
import Testing

/// `clients/demo.sh`, which `make demo` calls, with the binary under test.
@Suite("The demonstration")
struct CommandDemoTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func demo(_ arguments: [String], apus: String? = nil, waitSeconds: Int = 60) throws -> CommandResult {
    let child = try ChildProcess(
      Repository.root + "/clients/demo.sh", arguments,
      environment: [
        "APUS": try apus ?? Executables.path("apus"), "DEMO_FOLDER": folder.file("demo"), "DEMO_WAIT": "\(waitSeconds)",
      ])
    let status = try child.wait(seconds: 300)
    return (status, child.standardOutput, child.standardError)
  }

  /// Columns in another order, a byte order mark, and keys with commas, quotes, blanks and a line break in quotes.
  private func putData() throws {
    let engagements = [
      "\u{FEFF}engagement_score,\"tweet_id\",user_id", #"1,"one, two","ann ""a"" lee""#, #"1,7,"ann ""a"" lee""#,
      #"1,"seven","ann ""a"" lee""#, #"1,"say ""hi""",ben"#, "1,a b,ben", #"1,"7",ben"#, "1,\"broken\nkey\",cid",
      #"1,"a,b",cid"#,
    ]
    let tweets = ["tweet_id,text", "7,Fresh bread", #"a b,"Bread, and cheese""#, #""say ""hi""",Good morning"#]
    try write(Array(engagements.joined(separator: "\r\n").utf8), to: folder.file("user_engagements.csv"))
    try write(Array((tweets.joined(separator: "\n") + "\n").utf8), to: folder.file("tweets.csv"))
  }

  @Test("Quoted fields are read as the trainer reads them, whatever stands in them")
  func quotedFields() throws {
    try putData()
    let result = try demo([folder.path])
    #expect(result.status == 0, "\(result)")
    #expect(result.stdout.contains("User ann \"a\" lee: 3 engagements."), "the most active user: \(result.stdout)")
    let candidates = String(decoding: try contents(folder.file("demo/candidates.txt")), as: UTF8.self)
    #expect(candidates == "a b\na,b\nsay \"hi\"\n", "what others engaged with and ann did not")
    #expect(result.stdout.contains("Ranked 3 candidates for user ann \"a\" lee in "))
    #expect(!result.stdout.contains("  unknown"), "each key is the trainer's: \(result.stdout)")
    let chosen = try demo([folder.path, "cid"])
    #expect(chosen.status == 0 && chosen.stdout.contains("for user cid in "), "\(chosen)")
  }

  @Test("A server that does not come up, or ends, is said, and nothing is ranked")
  func serverThatDoesNotListen() throws {
    try putData()
    let apus = folder.file("apus")
    for (serve, reason) in [
      ("exec sleep 60", "the server was not listening after 1 s"),
      ("echo 'apus: no luck' >&2; exit 3", "the server ended before it was listening"),
    ] {
      let real = try Executables.path("apus")
      let script = "#!/bin/sh\nif [ \"$1\" = serve ]; then \(serve); fi\nexec '\(real)' \"$@\"\n"
      // Written by a child: a process that another test starts meanwhile would have this one's descriptor for a moment, and a
      // file that somebody may write to cannot be executed.
      let writer = try ChildProcess(
        "/bin/sh", ["-c", #"printf %s "$1" > "$2" && chmod 755 "$2""#, "sh", script, apus])
      #expect(try writer.wait(seconds: 60) == 0)
      let result = try demo([folder.path], apus: apus, waitSeconds: 1)
      #expect(result.status == 69, "\(result)")
      #expect(result.stderr.contains("demo: \(reason)"), "\(result.stderr)")
      #expect(!result.stdout.contains("Ranked "))
    }
  }

  @Test("A folder without engagements is named")
  func noData() throws {
    let result = try demo([folder.file("nowhere")])
    #expect(result.status == 66 && result.stderr.contains("nowhere/user_engagements.csv is not readable"), "\(result)")
  }
}
