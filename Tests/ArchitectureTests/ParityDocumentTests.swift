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

  /// Paths that a test and the files it shares with others may name: their string literals, with a star for what is
  /// filled in.
  private static func paths(namedBy file: String) throws -> [String] {
    let target = file.split(separator: "/").prefix(2).joined(separator: "/")
    let shared = [target, "Tests/ParitySupport"].flatMap { SourceTree.files(in: $0, endings: [".swift"]) }
    let literals = try ([file] + shared.filter { !$0.hasSuffix("Tests.swift") }).flatMap { source in
      try SourceTree.lines(of: source).flatMap { odd($0.components(separatedBy: "\"")) }
    }
    return literals.map { literal in
      var (path, depth, previous) = ("", 0, Character(" "))
      for character in literal {
        if character == "(", depth > 0 || previous == "\\" { depth += 1 }
        if depth == 0, character != "\\" { path.append(character) }
        if character == ")", depth > 0 {
          depth -= 1
          if depth == 0 { path.append("*") }
        }
        previous = character
      }
      return path
    }
  }

  @Test("the tests named for a file have its name in them", arguments: ParityPack.having("tfidf"))
  func filesAreNamedByTheirTests(pack: ParityPack) throws {
    let files = try Self.files(of: pack)
    for row in try Self.rows() {
      // A file's name, or the folder where the trainer finds it; nothing that fits any file.
      let paths = try Self.paths(namedBy: row.file).filter { path in
        path.contains("/") || path.hasSuffix(".csv") || path.hasSuffix(".json")
          || files.contains { $0.hasPrefix("\(path)/") }
      }
      for file in files where row.patterns.contains(where: { fnmatch($0, file, FNM_PATHNAME) == 0 }) {
        let isNamed = paths.contains { path in
          path.count { $0 != "*" } > 3 && (fnmatch(path, file, 0) == 0 || file.hasPrefix("\(path)/"))
        }
        #expect(isNamed, "\(row.file) does not read \(file)")
      }
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
