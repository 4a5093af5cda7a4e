import Foundation

/// Reference outputs of the Python libraries, kept beside the package on some machines. Tests that need them run there.
struct ParityPack {
  let folder: URL

  static let isHere = ParityPack() != nil

  /// Nil where there is no pack. It lies in `shared/parity` beside the package, or beside its parent folder.
  init?() {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let beside = package.deletingLastPathComponent()
    for place in [beside, beside.deletingLastPathComponent()] {
      let candidate = place.appendingPathComponent("shared/parity")
      if FileManager.default.fileExists(atPath: candidate.appendingPathComponent("tfidf/meta.json").path) {
        folder = candidate
        return
      }
    }
    return nil
  }

  /// The rows of a CSV file without quoting, its header left out.
  func rows(_ path: String) throws -> [[String]] {
    let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  func json<T: Decodable>(_ path: String, as: T.Type) throws -> T {
    try JSONDecoder().decode(T.self, from: Data(contentsOf: folder.appendingPathComponent(path)))
  }

  /// A file with one JSON value a line.
  func jsonLines<T: Decodable>(_ path: String, as: T.Type) throws -> [T] {
    let data = try Data(contentsOf: folder.appendingPathComponent(path))
    let decoder = JSONDecoder()
    return try data.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(T.self, from: Data($0)) }
  }

  /// Bytes written as pairs of hex digits.
  static func bytes(hex: String) -> [UInt8] {
    let digits = hex.compactMap { $0.hexDigitValue }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
