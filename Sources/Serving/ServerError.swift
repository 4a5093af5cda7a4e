import Artifact
import EventLoop
import Feedback
import Ranking

/// Why a server did not start.
public enum ServerError: Error, CustomStringConvertible {
  /// The model file cannot be read or is not a tensor file.
  case modelFile(path: String, ArtifactError)
  /// The file's tensors are not a model.
  case model(path: String, ModelError)
  /// The steps asked for cannot be taken with this model.
  case steps(StepError)
  /// The feedback log cannot be opened.
  case feedback(FeedbackError)
  /// The file of tokens cannot be used.
  case tokens(TokenError)
  /// The event loop or the listening socket failed.
  case loop(LoopError)

  /// One sentence with the offending value.
  public var description: String {
    switch self {
    case .modelFile(let path, let error): Self.naming(path, "\(error)")
    case .model(let path, let error): "\(path): \(error)"
    case .steps(let error): "\(error)"
    case .feedback(let error): "\(error)"
    case .tokens(let error): "\(error)"
    case .loop(let error): "\(error)"
    }
  }

  /// What is wrong with a file, with its path where the words do not have it yet.
  private static func naming(_ path: String, _ reason: String) -> String {
    reason.contains(path) ? reason : "\(path): \(reason)"
  }
}
