import ArgumentParser
import Training

/// What `train` and `evaluate` are told of the ranker recipe alone.
struct RankerArguments: ParsableArguments {
  @Option(help: "Lists of tweets of either kind that the blend is learned from at most.")
  var blendLists = 40_000

  @Option(
    help: ArgumentHelp(
      "Impressions to learn the blend from, instead of lists with drawn negatives; those of the later half of the log count.",
      valueName: "file"))
  var learnFrom: String?

  @Option(help: "How scores become log odds: platt (a line) or isotonic (a line and a rising curve).")
  var calibration = CalibrationMethod.platt

  @Option(
    help: ArgumentHelp(
      "Embeddings of tweets by any encoder, safetensors: ids (I64 or U64) and embeddings (F32, one row an id).",
      valueName: "file"))
  var embeddings: String?

  func apply(to options: inout TrainingOptions) {
    options.blendLists = blendLists
    options.impressions = learnFrom
    options.calibration = calibration
    options.embeddings = embeddings
  }
}
