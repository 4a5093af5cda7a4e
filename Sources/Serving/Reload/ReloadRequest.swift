/// What is to be served instead.
struct ReloadRequest: Equatable, Sendable {
  /// Where the model comes from.
  enum Source: Equatable, Sendable {
    /// The file that the server was started with, as it is now.
    case configured
    /// Another file.
    case file(path: String)
    /// The model before this one.
    case previous
  }

  var source: Source
  /// Whether a file that may be unfinished is looked at again: where nobody waits for the answer.
  var isPatient: Bool
}

/// What came of it.
struct Reloaded: Equatable, Sendable {
  /// The model that is served now.
  var modelVersion: String
  /// The one before; the same where the file held the model that was served already, and nothing was changed.
  var previousVersion: String
}
