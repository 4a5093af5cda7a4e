import ArgumentParser
import Ranking

/// Options about what changes a score after the signals, whatever the model.
struct StepArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What an engagement of a type is worth, by the types of the training log; negative ones push down. Others: 1, "
        + "or 0 where the log scores a type at 0 or below.", valueName: "type=weight,…"))
  var weights: String?

  // Negative numbers are not taken for flags.
  @Option(
    parsing: .unconditional,
    help: "What the score (log odds) of a tweet changes by if the user has nothing to do with its author yet.")
  var outOfNetwork: Float = 0

  @Option(
    parsing: .unconditional, help: "What the score of a tweet loses for each better one of the same author.")
  var authorPenalty: Float = 0

  @Option(help: "What the score of a tweet loses for each time it was shown to the user already; decays.")
  var fatigue: Float = 0

  @Option(help: "What it loses for each time another tweet of its author was; decays.")
  var authorFatigue: Float = 0

  @Option(help: ArgumentHelp("After which an impression tires half as much.", valueName: "seconds"))
  var fatigueHalfLife = 21_600.0

  func validate() throws { _ = try settings() }

  /// The settings; call ``validate()`` first.
  func settings() throws -> StepSettings {
    var settings = StepSettings()
    settings.outOfNetwork = outOfNetwork
    settings.authorPenalty = authorPenalty
    settings.typeWeights = try NamedNumbers.parse(weights, flag: "--weights")
    settings.fatigue.tweet = fatigue
    settings.fatigue.author = authorFatigue
    settings.fatigue.halfLifeSeconds = fatigueHalfLife
    return settings
  }
}
