/// What the calls of a run are.
enum CallSource: Sendable {
  /// Drawn before the run.
  case pool(RequestPool)
  /// Recorded from other traffic.
  case recording(Recording)
}
