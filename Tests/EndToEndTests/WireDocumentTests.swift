import Foundation
import Testing

@Suite("docs/reliability.md")
struct WireDocumentTests {
  private let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test("every test that the table names is in the file that it names, and its name begins with the row")
  func theTableNamesTests() throws {
    var checked = 0
    for line in try text("docs/reliability.md").split(separator: "\n") where line.hasPrefix("| F") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let (row, tests) = (try #require(cells.first), try #require(cells.last))
      var source: String?
      for (index, word) in tests.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      where index % 2 == 1 {
        if word.hasPrefix("Tests/") {
          source = try text(String(word))
        } else {
          #expect(word.hasPrefix(row + "_"))
          #expect(source?.contains("func \(word)(") == true, "\(word)")
          checked += 1
        }
      }
    }
    #expect(checked > 60)
  }

  @Test("the wire's rows are in the table, each tested against the real server")
  func everyWireRowIsTestedEndToEnd() throws {
    let lines = try text("docs/reliability.md").split(separator: "\n")
    let rows = Array(1...5) + [10] + Array(14...18) + Array(22...29) + [31]
    for row in rows {
      let name = "F" + (row < 10 ? "0" : "") + "\(row)"
      let line = try #require(lines.first { $0.hasPrefix("| \(name) |") }, "\(name)")
      #expect(line.contains("Tests/EndToEndTests/"), "\(name)")
    }
    #expect(lines.contains { $0.hasPrefix("| F54 |") && $0.contains("Tests/ArtifactTests/DamagedFileTests.swift") })
  }
}
