import Foundation
import Testing

/// Documents that name code are held to the code.
@Suite struct DocumentTests {
  @Test("docs/ARCHITECTURE.md says what each module is for and what it never does")
  func architectureNamesModules() throws {
    let page = try SourceTree.text(of: "docs/ARCHITECTURE.md")
    for (module, _) in ImportTests.table {
      let heading = "\n### \(module)\n"
      guard let start = page.range(of: heading)?.upperBound else {
        Issue.record("docs/ARCHITECTURE.md has no section on \(module)")
        continue
      }
      let section = page[start...].components(separatedBy: "\n#")[0]
      let words = section.lowercased().split { !$0.isLetter }
      #expect(words.contains("never"), "docs/ARCHITECTURE.md does not say what \(module) never does")
      #expect(words.count >= 8, "\(section)")
    }
  }

  @Test("docs/model-file.md describes every tensor and metadata key of the schema")
  func schemaIsDocumented() throws {
    let page = try SourceTree.text(of: "docs/model-file.md")
    for line in try SourceTree.lines(of: "Sources/Ranking/ModelSchema.swift") where line.contains("static let") {
      let parts = line.components(separatedBy: "\"")
      guard parts.count == 3, parts[1] != "1" else { continue }
      #expect(page.contains("`\(parts[1])"), "docs/model-file.md lacks \(parts[1])")
    }
  }

  @Test("docs/reliability.md names only tests that exist")
  func reliabilityNamesTests() throws {
    let tests = try SourceTree.files(in: "Tests", endings: [".swift"]).map { try SourceTree.text(of: $0) }.joined()
    let page = try SourceTree.text(of: "docs/reliability.md")
    let names = page.split { !($0.isLetter || $0.isNumber || $0 == "_") }
      .filter { $0.hasPrefix("F") && $0.dropFirst().prefix(2).allSatisfy(\.isNumber) && $0.contains("_") }
    #expect(names.count > 20)
    for name in names { #expect(tests.contains("func \(name)("), "no test \(name)") }
  }

  @Test("docs/reliability.md names every test that proves a row of it, with its file")
  func reliabilityIsWhole() throws {
    let lines = try SourceTree.lines(of: "docs/reliability.md")
    var found = 0
    for file in SourceTree.files(in: "Tests", endings: [".swift"]) {
      for name in try SourceTree.lines(of: file).compactMap(Self.rowTest) {
        let row = name.prefix { $0 != "_" }
        let line = lines.first { $0.hasPrefix("| \(row) |") } ?? ""
        #expect(line.contains("`\(file)`: ") && line.contains("`\(name)`"), "\(row) lacks \(name) in \(file)")
        found += 1
      }
    }
    #expect(found > 80)
  }

  /// The name of the test function that a line declares, where it is of the form F<digits>_….
  private static func rowTest(in line: String) -> String? {
    let words = line.drop { $0 == " " }
    guard words.hasPrefix("func F") else { return nil }
    let name = words.dropFirst("func ".count).prefix { $0 != "(" }
    guard let cut = name.firstIndex(of: "_") else { return nil }
    let digits = name[..<cut].dropFirst()
    return digits.isEmpty || !digits.allSatisfy(\.isNumber) ? nil : String(name)
  }

  @Test("The measure of tests that prove a row sees what is there")
  func rowTestsAreSeen() {
    #expect(Self.rowTest(in: "  func F08_hardLimit() throws {") == "F08_hardLimit")
    #expect(Self.rowTest(in: "  func F123_many(name: String) {") == "F123_many")
    for line in ["  func Fast_path() {", "  func F_() {", "  // F08_hardLimit", "  func f08_x() {"] {
      #expect(Self.rowTest(in: line) == nil, "\(line)")
    }
  }

  @Test("No document has a place left to fill in")
  func documentsAreFilledIn() throws {
    let mark = "@" + "@"
    let pages = ["docs", "Benchmarks", "clients"].flatMap { SourceTree.files(in: $0, endings: [".md"]) }
    for file in pages + ["README.md"] {
      #expect(try !SourceTree.text(of: file).contains(mark), "\(file)")
    }
  }

  @Test("The README's module map is whole, and its commands are the Makefile's")
  func readmeIsTrue() throws {
    let page = try SourceTree.text(of: "README.md")
    for (module, _) in ImportTests.table { #expect(page.contains("`\(module)`"), "README lacks \(module)") }
    let makefile = try SourceTree.text(of: "Makefile")
    for target in ["demo", "test", "bench", "lint", "proto", "setup"] {
      #expect(makefile.contains("\n\(target):"), "no target \(target)")
      #expect(page.contains("make \(target)"), "README does not mention make \(target)")
    }
  }
}
