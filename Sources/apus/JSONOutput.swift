import Foundation

/// `--json`: one object on standard output, keys sorted so that outputs compare.
enum JSONOutput {
  static func print(_ value: some Encodable) throws {
    try write(value, [.prettyPrinted])
  }

  /// The same on one line, where more will follow.
  static func printLine(_ value: some Encodable) throws {
    try write(value, [])
  }

  private static func write(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
    Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
