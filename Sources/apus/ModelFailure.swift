import Artifact
import ArgumentParser

extension Failure {
  /// Ends a command that cannot use the model file at `path`: the line names the file, whatever the error says.
  static func modelFile(_ path: String, _ error: ArtifactError) -> ExitCode {
    let reason = "\(error)"
    let failure: Failure =
      switch error {
      case .system: .noInput
      case .outOfMemory: .unavailable
      default: .badData
      }
    return failure.exit(reason.contains(path) ? reason : "\(path): \(reason)")
  }
}
