import Foundation

/// The project's files as the tests of its architecture see them.
enum SourceTree {
  /// The package's folder.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Paths, relative to the root, of the files below `folder` with one of these endings; sorted.
  static func files(in folder: String, endings: [String]) -> [String] {
    let base = root.appendingPathComponent(folder)
    guard let walker = FileManager.default.enumerator(atPath: base.path) else { return [] }
    return
      walker.compactMap { $0 as? String }
      .filter { path in endings.contains { path.hasSuffix($0) } && !path.contains("build/") }
      .map { "\(folder)/\($0)" }
      .sorted()
  }

  /// The lines of a file.
  static func lines(of path: String) throws -> [String] {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8).components(separatedBy: "\n")
  }

  /// The text of a file.
  static func text(of path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// All Swift files that people wrote.
  static var swiftFiles: [String] {
    ["Sources", "Tests", "clients", "Benchmarks"].flatMap { files(in: $0, endings: [".swift"]) } + ["Package.swift"]
  }
}
