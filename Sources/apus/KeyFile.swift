import ArgumentParser
import Foundation

/// A file of keys, one per line; empty lines do not count.
enum KeyFile {
  /// Reads the keys; `-` is standard input.
  static func read(_ path: String) throws -> [String] {
    let data: Data
    if path == "-" {
      data = FileHandle.standardInput.readDataToEndOfFile()
    } else {
      do {
        data = try Data(contentsOf: URL(fileURLWithPath: path))
      } catch {
        throw Failure.noInput.exit("\(path): \(error.localizedDescription)")
      }
    }
    return String(decoding: data, as: UTF8.self)
      .split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }
}
