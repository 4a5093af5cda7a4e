import Foundation
import Testing

/// Documents that name code are held to the code.
@Suite struct DocumentTests {
  @Test("docs/ARCHITECTURE.md says what each module is for and what it never does")
  func architectureNamesModules() throws {
    let page = try SourceTree.text(of: "docs/ARCHITECTURE.md")
    for (module, _) in ImportTests.table {
      #expect(page.contains("### \(module)"), "docs/ARCHITECTURE.md has no section on \(module)")
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
    for name in names { #expect(tests.contains("func \(name)"), "no test \(name)") }
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
