import Foundation
import Glibc
import ParitySupport
import Testing

/// docs/parity.md maps every reference file to the tests that compare with it, and to nothing that is not there.
@Suite struct ParityDocumentTests {
  /// One line of the table.
  private struct Row {
    let patterns: [String]
    let file: String
    let tests: [String]
  }

  private static func rows() throws -> [Row] {
    try SourceTree.lines(of: "docs/parity.md").filter { $0.hasPrefix("| `") }.map { line in
      let cells = line.components(separatedBy: " | ")
      try #require(cells.count == 3, "\(line)")
      let test = cells[1].components(separatedBy: "`: ")
      return Row(
        patterns: odd(cells[0].components(separatedBy: "`")), file: String(test[0].dropFirst()),
        tests: odd(test[1].components(separatedBy: "\"")))
    }
  }

  /// What stands between each pair of marks.
  private static func odd(_ parts: [String]) -> [String] {
    parts.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
  }

  /// Data files of a pack, as `area/name`.
  private static func files(of pack: ParityPack) throws -> [String] {
    let walker = try #require(FileManager.default.enumerator(atPath: pack.folder.path))
    return walker.compactMap { $0 as? String }.filter {
      $0.contains("/") && ($0.hasSuffix(".csv") || $0.contains(".json"))
    }
  }

  @Test("every file of every pack is in the table", arguments: ParityPack.having("tfidf"))
  func everyFileIsMapped(pack: ParityPack) throws {
    let patterns = try Self.rows().flatMap(\.patterns)
    let files = try Self.files(of: pack)
    #expect(files.count > 100)
    for file in files {
      #expect(patterns.contains { fnmatch($0, file, FNM_PATHNAME) == 0 }, "docs/parity.md lacks \(file)")
    }
  }

  @Test("every pattern of the table stands for a file of the project's own pack")
  func everyPatternIsMade() throws {
    let files = try Self.files(of: .fixtures)
    for pattern in try Self.rows().flatMap(\.patterns) {
      #expect(files.contains { fnmatch(pattern, $0, FNM_PATHNAME) == 0 }, "no file \(pattern)")
    }
  }

  @Test("every test that the tables name is there")
  func everyTestIsThere() throws {
    let page = try SourceTree.text(of: "docs/parity.md")
    var named = 0
    // Each file, and then its tests in quotes, up to the next file or the end of the cell.
    for part in page.components(separatedBy: "`Tests/").dropFirst() {
      let file = "Tests/" + part.prefix { $0 != "`" }
      guard file.hasSuffix(".swift") else { continue }
      let source = try SourceTree.text(of: file)
      for test in Self.odd(part.components(separatedBy: " |")[0].components(separatedBy: "\"")) {
        #expect(source.contains("\"\(test)\""), "\(file) lacks \"\(test)\"")
        named += 1
      }
    }
    #expect(named > 60)
    #expect(try Self.rows().allSatisfy { !$0.tests.isEmpty })
  }
}
