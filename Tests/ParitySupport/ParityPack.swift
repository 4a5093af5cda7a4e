import Foundation
import Testing

/// Reference outputs of the Python libraries that Apus replaces: the small pack made by this project's own scripts, which
/// is always there, and a larger one that lies beside the checkout on some machines. Both have the same files, so a
/// test runs over every pack that has the area it is about.
public struct ParityPack: Sendable, CustomTestStringConvertible {
  /// Where the areas' folders are.
  public let folder: URL
  /// Names the pack in the output of tests.
  public let testDescription: String

  /// The pack of this project: `Tests/Fixtures/parity`.
  public static let fixtures = ParityPack(
    folder: packageFolder.appendingPathComponent("Tests/Fixtures/parity"), testDescription: "fixtures")

  /// The larger pack: the folder that `APUS_PARITY` names, else `shared/parity` beside the package or its parent folder.
  public static let large: ParityPack? = {
    var places: [URL] = []
    if let named = ProcessInfo.processInfo.environment["APUS_PARITY"] { places.append(URL(fileURLWithPath: named)) }
    var folder = packageFolder
    for _ in 0..<2 {
      folder.deleteLastPathComponent()
      places.append(folder.appendingPathComponent("shared/parity"))
    }
    return places.first { FileManager.default.fileExists(atPath: $0.appendingPathComponent("manifest.json").path) }
      .map { ParityPack(folder: $0, testDescription: "large pack") }
  }()

  private static let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Every pack that has this file or folder, the project's own first.
  public static func having(_ path: String) -> [ParityPack] {
    [fixtures, large].compactMap { $0 }.filter { $0.has(path) }
  }

  /// Whether the pack has this file or folder.
  public func has(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path)
  }

  /// The lines of a CSV file without quoting, each split into its fields.
  public func lines(_ path: String) throws -> [[String]] {
    let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The same without the first line, which names the columns.
  public func rows(_ path: String) throws -> [[String]] { Array(try lines(path).dropFirst()) }

  /// A matrix: one row a line, no header, numbers in shortest round-trip decimal.
  public func matrix(_ path: String) throws -> [[Double]] {
    try lines(path).map { line in try line.map { field in try #require(Double(field), "\(path): \(field)") } }
  }

  /// A whole file as one JSON value.
  public func json<T: Decodable>(_ path: String, as: T.Type) throws -> T {
    try JSONDecoder().decode(T.self, from: Data(contentsOf: folder.appendingPathComponent(path)))
  }

  /// A file with one JSON value a line.
  public func jsonLines<T: Decodable>(_ path: String, as: T.Type) throws -> [T] {
    let data = try Data(contentsOf: folder.appendingPathComponent(path))
    let decoder = JSONDecoder()
    return try data.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(T.self, from: Data($0)) }
  }

  /// Bytes written as pairs of hex digits.
  public static func bytes(hex: String) -> [UInt8] {
    let digits = hex.compactMap { $0.hexDigitValue }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
