import Artifact
import Ranking
import Wire

/// Why a model was not taken; the one before is served on.
enum ReloadError: Error, CustomStringConvertible {
  /// The file cannot be read, is no model, or is one that may not be served.
  case model(ServerError)
  /// Two copies do not fit.
  case memory(neededBytes: Int, availableBytes: Int, limit: String)
  /// There is no model before this one, or it did not come from a file.
  case noPrevious
  /// The file of the model before has other contents now.
  case overwritten(path: String, got: String, expected: String)
  /// The file does not lie in the folder that reload calls may name files of; nil: they may name none.
  case pathNotAllowed(path: String, folder: String?)
  /// Another reload was asked for later, and that one counts.
  case superseded
  /// The server goes down.
  case closing

  /// One sentence with the offending value.
  var description: String {
    switch self {
    case .model(let error): "\(error)"
    case .memory(let needed, let available, let limit):
      "another model needs \(needed) bytes beside the one that is served, and \(limit) leaves \(available)"
    case .noPrevious: "there is no model before this one to go back to"
    case .overwritten(let path, let got, let expected):
      "\(path) was written over: it holds model \(got), and no longer \(expected)"
    case .pathNotAllowed(let path, let folder):
      folder.map { "\(path) is not a file in \($0)" }
        ?? "this server takes no path from a call, but only reloads the file that it was started with"
    case .superseded: "another reload was asked for later"
    case .closing: "the server is going down"
    }
  }

  /// Whether the file may only not be there yet, or not all of it: a copy that somebody is still making.
  var mayBeUnfinished: Bool {
    guard case .model(.modelFile(_, let error)) = self else { return false }
    switch error {
    case .system, .truncated, .trailingBytes, .notAModel, .headerLength, .malformedHeader, .badTensor, .checksum:
      return true
    default: return false
    }
  }

  /// Whether it says something of a model, and so counts as a refusal.
  var isRefusal: Bool {
    switch self {
    case .superseded, .closing, .pathNotAllowed: false
    default: true
    }
  }

  /// What a client is told.
  var status: ReplyStatus {
    switch self {
    case .model, .noPrevious, .overwritten:
      ReplyStatus(.failedPrecondition, reason: .modelRefused, message: "\(self)")
    case .memory: ReplyStatus(.resourceExhausted, reason: .modelRefused, message: "\(self)")
    case .pathNotAllowed: ReplyStatus(.permissionDenied, reason: .modelRefused, message: "\(self)")
    case .superseded: ReplyStatus(.aborted, reason: .reloading, message: "\(self)")
    case .closing: ReplyStatus(.unavailable, reason: .draining, message: "\(self)", retryAfterMillis: 1_000)
    }
  }
}
