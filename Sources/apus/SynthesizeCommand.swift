import ArgumentParser
import Training

/// `apus synthesize`: an artificial world in the form of the training data, or a model file of any size.
struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize", abstract: "Write an artificial world of users and tweets as training data.",
    discussion: """
      People with interests, authors with topics, popularity by a power law, a follow graph and thirty days of time; \
      the same options give the same files. Beside the training files it writes impressions.csv: candidate lists of \
      the last day, which is left out of the engagements.

      With --model it writes a model file of that size directly, filled with random numbers: for tests of scale, which \
      ask where a ranking reads and not what it finds there.

      Examples:
        apus synthesize --out world
        apus synthesize --out large --users 100000 --tweets 1000000 --seed 7
        apus synthesize --model large.safetensors --users 100000 --tweets 1000000 --factors 64
      """)

  @Option(help: ArgumentHelp("Folder to write to; made if it is not there.", valueName: "folder"))
  var out: String?

  @Option(help: ArgumentHelp("Write this model file instead of a world.", valueName: "file"))
  var model: String?

  @Option(help: "People. (default: 500, of a model 100,000)")
  var users: Int?

  @Option(help: "Tweets. (default: 5,000, of a model 1,000,000)")
  var tweets: Int?

  @Option(help: "Factors of the model.")
  var factors = 64

  @Option(help: "Neighbours of each user and tweet of the model.")
  var neighbours = 0

  @Option(help: "Which of all such worlds.")
  var seed: UInt64 = 42

  func validate() throws {
    if (out == nil) == (model == nil) { throw ValidationError("Give either --out <folder> or --model <file>.") }
  }

  func run() throws {
    do throws(TrainingError) {
      if let out {
        var options = SyntheticWorld.Options()
        (options.users, options.tweets, options.seed) = (users ?? options.users, tweets ?? options.tweets, seed)
        try SyntheticWorld(options: options).write(to: out, progress: ProgressBar())
      } else if let model {
        var options = SyntheticModel.Options()
        (options.users, options.tweets) = (users ?? options.users, tweets ?? options.tweets)
        (options.factors, options.neighbours, options.seed) = (factors, neighbours, seed)
        try SyntheticModel(options: options).write(
          to: model, producer: "apus \(ApusCommand.version)", progress: ProgressBar())
      }
    } catch {
      if case .badOption(let name, let value, let reason) = error {
        throw Failure.usage.exit("--\(name) \(value): \(reason)")
      }
      throw Failure.cannotCreate.exit("\(error)")
    }
  }
}
