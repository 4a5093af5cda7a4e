import Foundation
import Testing

@Suite("Memory of the folded state")
struct FoldMemoryTests {
  private struct Output: Decodable {
    let limit: Int
    let resident: Int
    let events: Int
  }

  @Test(
    "full tables take no more memory than the limits say, and the limits say no more than some times as much",
    .enabled(if: !Executables.areSanitized, "sanitizers keep notes on all memory"))
  func fullTables() throws {
    // In a process of its own, so that nothing else is counted; a sixteenth of the default limits.
    let child = try ChildProcess(Executables.path("fold-benchmark"), ["--fill", "16"])
    #expect(try child.wait() == 0, "\(child.standardError)")
    let output = try JSONDecoder().decode(Output.self, from: Data(child.standardOutput.utf8))
    #expect(output.events > 200_000)
    #expect(output.resident < output.limit && output.resident > output.limit / 6, "\(output)")
  }
}
