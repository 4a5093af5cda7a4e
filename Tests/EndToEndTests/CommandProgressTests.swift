import Foundation
import Testing

/// Progress as people see it on a terminal, and as a log file keeps it.
@Suite("Progress")
struct CommandProgressTests {
  private static let stages = [
    "read user_engagements.csv", "read tweets.csv", "factors", "terms", "tweet ranks", "blend", "writing",
  ]
  private let folder: TemporaryFolder
  private let arguments: [String]

  init() throws {
    folder = try TemporaryFolder()
    arguments = [
      "train", "--data", try SampleModel.shared().worldFolder, "--out", folder.file("model"), "--factors", "4",
      "--epochs", "3", "--threads", "1",
    ]
  }

  @Test("On a terminal bars redraw their line, and each stage ends on a line of its own")
  func terminal() throws {
    // script(1) runs the command with a pseudo-terminal as its standard output and error, and copies what comes out.
    let line = ([try Executables.path("apus")] + arguments).map { "'\($0)'" }.joined(separator: " ")
    let child = try ChildProcess("/usr/bin/script", ["-qec", line, "/dev/null"], environment: ["TERM": "xterm"])
    let status = try child.wait()
    let shown = child.standardOutput
    #expect(status == 0, "\(shown)")
    let redrawn = shown.components(separatedBy: "\r\u{1B}[K")
    for stage in Self.stages {
      let drawings = redrawn.filter { $0.hasPrefix(stage + " ") }
      #expect(drawings.count >= 2, "\(stage): drawn while it runs and when it ends, not \(drawings)")
      #expect(drawings.dropLast().allSatisfy { !$0.unicodeScalars.contains("\n") }, "a bar moves within its line")
      #expect(drawings.last?.unicodeScalars.contains("\n") == true, "\(stage)")
    }
    let bars = redrawn.filter { $0.contains("█") || $0.contains("░") }
    #expect(bars.contains { $0.hasPrefix("factors ") && $0.hasSuffix(" %") })
    for bar in bars { #expect(bar.count { $0 == "█" || $0 == "░" } == 30, "\(bar)") }
  }

  @Test("In a file there are plain lines, one for each stage, without control characters")
  func file() throws {
    let result = try runCommand(arguments)
    #expect(result.status == 0)
    let lines = result.stderr.split(separator: "\n")
    #expect(result.stderr.hasSuffix("\n"))
    #expect(result.stderr.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    #expect(!result.stderr.contains("█") && !result.stderr.contains("░"))
    for stage in Self.stages { #expect(lines.count { $0.hasPrefix(stage + " ") } == 1, "\(stage): \(lines)") }
  }
}
