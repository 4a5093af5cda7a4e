/// Hears how training goes, stage by stage. Called from the training thread only.
public protocol TrainingProgress: AnyObject {
  /// `completed` of `total` units of `stage` are done; a `total` of 0 means that the end is not known.
  func update(stage: String, completed: Int, total: Int)
  /// `stage` is over; `detail` sums it up in a few words.
  func finish(stage: String, detail: String)
}

/// Hears nothing: for callers that show no progress.
public final class SilentProgress: TrainingProgress {
  /// Creates a listener that ignores everything.
  public init() {}

  /// Ignores the update.
  public func update(stage: String, completed: Int, total: Int) {}

  /// Ignores the end of the stage.
  public func finish(stage: String, detail: String) {}
}
