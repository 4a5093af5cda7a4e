import Artifact

/// Why a tensor file is not a model this version can serve.
public enum ModelError: Error, CustomStringConvertible {
  /// The container refused: missing tensor, wrong shape, damaged bytes.
  case artifact(ArtifactError)
  /// Another format version than ``ModelSchema/formatVersion``.
  case wrongVersion(got: String?, expected: String)
  /// Signals of the blend that this program does not compute, or lacks.
  case unknownSignals(got: String?, expected: String)
  /// Metadata that this program does not understand.
  case badMetadata(key: String, reason: String)
  /// A value outside its range; `row` is the element's index in the tensor.
  case badValue(tensor: String, row: Int, value: String, expected: String)
  /// A golden request scored differently from when the model was written.
  case goldenMismatch(user: UInt64, tweet: UInt64, got: Float, expected: Float)

  /// One sentence with the offending value.
  public var description: String {
    switch self {
    case .artifact(let error):
      "\(error)"
    case .wrongVersion(let got, let expected):
      "format version is \(got.map { "'\($0)'" } ?? "missing"), this program reads '\(expected)'"
    case .unknownSignals(let got, let expected):
      "the blend is over signals \(got.map { "'\($0)'" } ?? "(missing)"), this program computes '\(expected)'"
    case .badMetadata(let key, let reason):
      "metadata '\(key)': \(reason)"
    case .badValue(let tensor, let row, let value, let expected):
      "tensor '\(tensor)' element \(row): got: \(value) expected: \(expected)"
    case .goldenMismatch(let user, let tweet, let got, let expected):
      "golden request of user \(user) scored tweet \(tweet) as \(got), the model was written with \(expected)"
    }
  }
}
