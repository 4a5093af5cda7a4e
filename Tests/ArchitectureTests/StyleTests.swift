import Foundation
import Testing

/// Limits that keep the sources readable in one sitting.
@Suite struct StyleTests {
  static let fileLimit = 250
  static let functionLimit = 70

  /// Files that are one table of data, or one file by promise.
  private func isTable(_ path: String) -> Bool { path.hasSuffix("Table.swift") }

  @Test("No Swift file is longer than 250 lines, data tables apart")
  func filesAreShort() throws {
    for file in SourceTree.swiftFiles where !isTable(file) {
      let count = try SourceTree.lines(of: file).count - 1
      #expect(count <= Self.fileLimit, "\(file) has \(count) lines")
    }
  }

  @Test("No function is longer than 70 lines")
  func functionsAreShort() throws {
    for file in SourceTree.swiftFiles {
      for function in Self.functions(in: try SourceTree.lines(of: file)) {
        #expect(
          function.lines <= Self.functionLimit,
          "\(file):\(function.line) is a function of \(function.lines) lines")
      }
    }
  }

  /// C files that may be longer, each with its reason.
  static let longFilesInC = [
    "clients/c/apus.c": "one file by promise, so that it can be copied into a program: docs/decisions/0007",
    "clients/c/include/apus.h": "the stub's one header, which is its manual too",
  ]

  /// C that people wrote.
  private func filesInC(_ endings: [String]) -> [String] {
    ["Sources", "clients", "Benchmarks", "Tests"].flatMap { SourceTree.files(in: $0, endings: endings) }
      .filter { !$0.contains("pb-c") }
  }

  @Test("No C file is longer than 250 lines, those apart that are excused by name")
  func filesInCAreShort() throws {
    let files = filesInC([".c", ".h"])
    #expect(files.contains("clients/c/test_server.c") && files.contains("clients/c/test_server.h"))
    for file in files {
      let count = try SourceTree.lines(of: file).count - 1
      let isExcused = Self.longFilesInC[file] != nil
      #expect((count > Self.fileLimit) == isExcused, "\(file) has \(count) lines")
    }
    #expect(Set(Self.longFilesInC.keys).isSubset(of: files), "an excuse for a file that is not there")
  }

  @Test("No C function of ours is longer than 70 lines")
  func functionsInCAreShort() throws {
    let files = filesInC([".c"])
    #expect(files.contains("clients/c/apus.c"))
    for file in files {
      let lines = try SourceTree.lines(of: file)
      var start: Int?
      for (index, line) in lines.enumerated() {
        if line == "{" || (line.hasSuffix(") {") && !line.hasPrefix(" ")) { start = start ?? index }
        if line == "}", let begin = start {
          #expect(index - begin < Self.functionLimit, "\(file):\(begin + 1) is a function of \(index - begin) lines")
          start = nil
        }
      }
    }
  }

  @Test("The request path is one short file")
  func requestPathIsShort() throws {
    let lines = try SourceTree.lines(of: "Sources/Serving/RequestPath.swift")
    #expect(lines.count < 70)
  }

  @Test("Sources hold no trap on purpose and nothing left open")
  func noTrapsAndNothingOpen() throws {
    let forbidden = ["try!", " as! ", "TO" + "DO", "FIX" + "ME", "fatalError(\"not"]
    for file in SourceTree.files(in: "Sources", endings: [".swift"]) {
      for (index, line) in try SourceTree.lines(of: file).enumerated() {
        for word in forbidden where line.contains(word) {
          Issue.record("\(file):\(index + 1) has '\(word)'")
        }
      }
    }
  }

  @Test("The measure of functions sees what is there")
  func measureWorks() {
    let source = [
      "struct A {", "  func f() {", "    g()", "  }", "  init() {", "    if x {", "    }", "    h()", "  }", "}",
    ]
    let found = Self.functions(in: source)
    #expect(found.map(\.line) == [2, 5])
    #expect(found.map(\.lines) == [3, 5])
  }

  /// Functions of formatted source: from the line that declares one to the brace that closes it at the same indent.
  static func functions(in lines: [String]) -> [(line: Int, lines: Int)] {
    var found: [(line: Int, lines: Int)] = []
    for (index, line) in lines.enumerated() {
      let indent = line.prefix { $0 == " " }
      let words = line.dropFirst(indent.count)
      guard words.contains("func ") || words.hasPrefix("init") || words.contains(" init(") || words.hasPrefix("deinit"),
        !words.hasPrefix("//"), !words.hasPrefix("\"")
      else { continue }
      let closing = indent + "}"
      guard let end = lines[index...].firstIndex(where: { $0 == closing || $0.hasPrefix(closing + ")") }) else {
        continue
      }
      // A declaration without a body ends where the next one of its kind begins.
      let body = lines[index...end]
      guard body.contains(where: { $0.hasSuffix("{") || $0.contains("{ ") }), !line.hasSuffix("}") else { continue }
      found.append((line: index + 1, lines: end - index + 1))
    }
    return found
  }
}
