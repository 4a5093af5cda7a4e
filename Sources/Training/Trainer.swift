import Artifact

/// Logs in, model out.
public enum Trainer {
  /// Trains a model from the CSV files of a folder.
  ///
  /// The tensors are those of `ModelSchema` (in Ranking). The same files, options and seed give the same bytes. The
  /// number of threads is one of the options: with ``Precision/float`` it decides the order in which gradient descent
  /// visits the engagements, and so the factors; with ``Precision/double`` it appears in the metadata and changes
  /// nothing else.
  ///
  /// - Parameters:
  ///   - options: what to read and how to learn.
  ///   - progress: hears of every stage, on the calling thread.
  ///   - now: seconds of a monotonic clock, for the report only.
  /// - Returns: the model, not yet written, and what was read and made.
  /// - Complexity: O(input bytes + epochs · engagements · factors + iterations · edges) time; memory for the ids, the
  ///   engagements, the edges, the texts and the tensors.
  /// - Throws: ``TrainingError``: an option out of range, a file missing, empty or malformed, two keys with one id,
  ///   factors that diverge.
  public static func train(
    _ options: TrainingOptions, progress: TrainingProgress, now: @escaping () -> Double = monotonicSeconds
  ) throws(TrainingError) -> (TensorSet, TrainingReport) {
    try options.validate()
    var clock = StageClock(now: now)
    var loader = DataLoader(options: options, progress: progress)
    let data = try loader.load()
    clock.end("reading")
    var builder = ModelBuilder(data: data, options: options, progress: progress, clock: clock)
    builder.report.files = loader.reports
    try builder.build()
    return (builder.tensors, builder.report)
  }

  /// The system's monotonic clock in seconds.
  public static func monotonicSeconds() -> Double { StageClock.monotonicSeconds() }
}
