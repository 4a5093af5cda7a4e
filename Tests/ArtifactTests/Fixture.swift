import Foundation
import Kernels

@testable import Artifact

/// Temporary files and small sets for the tests of the model file.
enum Fixture {
  /// Runs `body` with the path of a fresh folder, which is removed afterwards.
  @discardableResult
  static func withFolder<R>(_ body: (String) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  /// A set with every element type, strings, sparse rows, an empty tensor and a single number.
  static func smallSet() -> TensorSet {
    let set = TensorSet()
    set.metadata = ["format_version": "1", "note": "tab\t, quote \", slash \\ and 𝄞"]
    set.add("bytes", shape: [3], [UInt8](1...3))
    set.add("floats", shape: [2, 3], [Float](arrayLiteral: 0.5, -1, 2, .infinity, 1e-20, 3))
    set.add("shorts", shape: [2], [Int16](arrayLiteral: .min, .max))
    set.add("words", shape: [3], [UInt32](arrayLiteral: 0, 7, .max))
    set.add("longs", shape: [2], [UInt64](arrayLiteral: 0, .max))
    set.add("signed", shape: [1, 2], [Int64](arrayLiteral: .min, .max))
    set.add("doubles", shape: [], [Double.pi])
    set.add("nothing", shape: [0, 4], [Double]())
    var strings = StringColumnBuilder()
    strings.append("swift")
    strings.append("")
    strings.append([0xFF, 0x00] as [UInt8])
    set.addStrings("names", strings)
    set.addSparseRows(
      "rows", SparseRows(rowCount: 3, rows: [2, 0, 2], columns: [4, 1, 0], values: [0.25, 0.5, 0.75]))
    return set
  }

  /// The bytes that a set gives.
  static func bytes(of set: TensorSet) throws -> [UInt8] {
    try withFolder { folder in
      try set.write(to: "\(folder)/model.safetensors")
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/model.safetensors")))
    }
  }

  /// Reads these bytes as a model file; the error if they are refused.
  static func read(_ bytes: [UInt8], in folder: String) throws -> Result<TensorSet, ArtifactError> {
    let path = "\(folder)/model.safetensors"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return Result { () throws(ArtifactError) in try TensorSet.read(path: path) }
  }

  /// A file with a right checksum around any header: `json` stands after the checksum's closing quote.
  static func file(_ json: String, data: [UInt8]) -> [UInt8] {
    func header(_ checksum: String) -> [UInt8] {
      var bytes = FileHeader.opening + Array(checksum.utf8) + Array("\"\(json)".utf8)
      while (bytes.count + 8) % 64 != 0 { bytes.append(UInt8(ascii: " ")) }
      return bytes
    }
    let blank = header(ContentChecksum.blank)
    var checksum = ContentChecksum()
    checksum.update(header: blank)
    data.withUnsafeBytes { checksum.update($0) }
    return littleEndian(UInt64(blank.count)) + header(checksum.hex) + data
  }

  /// The eight bytes of a header length.
  static func littleEndian(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }
}
