import Foundation

/// The artificial input that worlds.py has made.
struct InputFolder {
  let path: String

  /// The columns of a tab-separated file of numbers.
  func columns(_ name: String, count: Int) throws -> [[Double]] {
    var columns = [[Double]](repeating: [], count: count)
    for (index, line) in try lines(name).enumerated() {
      let fields = line.split(separator: "\t").compactMap { Double($0) }
      guard fields.count == count else { throw BenchmarkError.badLine(file: name, line: index + 1) }
      for (column, value) in fields.enumerated() { columns[column].append(value) }
    }
    return columns
  }

  /// A file of raw 32-bit numbers.
  func integers(_ name: String) throws -> [UInt32] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path).appendingPathComponent(name))
    return data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
    }
  }

  /// The lines of a text file.
  func lines(_ name: String) throws -> [Substring] {
    try String(contentsOf: URL(fileURLWithPath: path).appendingPathComponent(name), encoding: .utf8)
      .split(separator: "\n")
  }

  /// Writes numbers, as numpy reads them with `fromfile`, for a check by another program.
  func write(_ numbers: [Double], to name: String) throws {
    try numbers.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: path).appendingPathComponent(name))
  }
}
