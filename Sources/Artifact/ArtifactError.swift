import Glibc

/// Why a model file could not be read, written or used.
public enum ArtifactError: Error, Equatable, CustomStringConvertible {
  /// A system call on the file or its folder failed.
  case system(operation: String, path: String, code: Int32)
  /// The path names a folder, a device or something else that is not a regular file.
  case notAFile(path: String)
  /// The file ends before its own lengths say so.
  case truncated(expectedBytes: Int, got: Int)
  /// The file goes on after its last tensor.
  case trailingBytes(expectedBytes: Int, got: Int)
  /// The file is not a model of Apus at all.
  case notAModel(reason: String)
  /// The header length at the start of the file is out of range.
  case headerLength(got: UInt64, limit: Int)
  /// The header is not what the format allows, at this byte of it.
  case malformedHeader(byte: Int, reason: String)
  /// A tensor's entry in the header contradicts itself or the file.
  case badTensor(name: String, reason: String)
  /// The bytes are not those that were written.
  case checksum(got: String, expected: String)
  /// The kernel gave no memory for the tensors.
  case outOfMemory(bytes: Int)
  /// The file has no tensor of that name.
  case missingTensor(name: String)
  /// The tensor's elements are of another type.
  case wrongType(name: String, got: ElementType, expected: ElementType)
  /// The tensor has another shape; nil stands for any extent.
  case wrongShape(name: String, got: [Int], expected: [Int?])
  /// The tensors of a string or sparse column do not fit together.
  case badColumn(name: String, reason: String)

  /// One line with the offending value.
  public var description: String {
    switch self {
    case .system(let operation, let path, let code):
      "cannot \(operation) \(path): \(String(cString: strerror(code)))"
    case .notAFile(let path):
      "\(path) is not a regular file"
    case .truncated(let expected, let got):
      "the file is truncated: \(got) bytes, expected \(expected)"
    case .trailingBytes(let expected, let got):
      "the file has bytes after its last tensor: \(got) bytes, expected \(expected)"
    case .notAModel(let reason):
      "not a model file: \(reason)"
    case .headerLength(let got, let limit):
      "not a model file: header length \(got), allowed up to \(limit)"
    case .malformedHeader(let byte, let reason):
      "malformed header at byte \(byte): \(reason)"
    case .badTensor(let name, let reason):
      "tensor \(name): \(reason)"
    case .checksum(let got, let expected):
      "the file is damaged: its checksum is \(got), expected \(expected)"
    case .outOfMemory(let bytes):
      "no memory for \(bytes) bytes of tensors"
    case .missingTensor(let name):
      "tensor \(name) is missing"
    case .wrongType(let name, let got, let expected):
      "tensor \(name): element type \(got.rawValue), expected \(expected.rawValue)"
    case .wrongShape(let name, let got, let expected):
      "tensor \(name): shape \(got), expected [\(expected.map { $0.map(String.init) ?? "any" }.joined(separator: ", "))]"
    case .badColumn(let name, let reason):
      "column \(name): \(reason)"
    }
  }
}
