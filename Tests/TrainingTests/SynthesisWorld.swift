import Foundation

@testable import Training

/// A written ``SyntheticWorld``, read back by a parser that shares nothing with the writer.
struct SynthesisWorld {
  static let fileNames = ["users.csv", "user_graph.csv", "tweets.csv", "user_engagements.csv", "impressions.csv"]

  let folder: TemporaryFolder

  init(_ options: SyntheticWorld.Options, progress: TrainingProgress = SilentProgress()) throws {
    folder = try TemporaryFolder()
    try SyntheticWorld(options: options).write(to: folder.path, progress: progress)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name)))
  }

  /// The rows of a file, the header left out, each with its fields by column name.
  func rows(_ name: String) throws -> [[String: String]] {
    var records = try Self.parse(bytes(name))
    let header = records.removeFirst()
    return records.map { record in
      Dictionary(zip(header, record), uniquingKeysWith: { first, _ in first })
    }
  }

  func rawRows(_ name: String) throws -> [[String]] {
    try Self.parse(bytes(name))
  }

  /// RFC 4180 in four lines of rules: a quote opens a field or doubles in one; inside quotes all else is text.
  private static func parse(_ bytes: [UInt8]) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "\""):
        // The second of two quotes inside a field stands for one quote.
        if !isQuoted, index > 0, bytes[index - 1] == byte { field.append(byte) }
        isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted, UInt8(ascii: "\n") where !isQuoted:
        record.append(String(decoding: field, as: UTF8.self))
        field = []
        if byte == UInt8(ascii: "\n") {
          records.append(record)
          record = []
        }
      default: field.append(byte)
      }
    }
    return records
  }
}
