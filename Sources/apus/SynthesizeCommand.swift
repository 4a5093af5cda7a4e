import ArgumentParser
import Training

/// `apus synthesize`: an artificial world in the form of the training data.
struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize", abstract: "Write an artificial world of users and tweets as training data.",
    discussion: """
      People with interests, authors with topics, popularity by a power law, a follow graph and thirty days of time; \
      the same options give the same files. Beside the training files it writes impressions.csv: candidate lists of \
      the last day, which is left out of the engagements.

      Examples:
        apus synthesize --out world
        apus synthesize --out large --users 100000 --tweets 1000000 --seed 7
      """)

  @Option(help: ArgumentHelp("Folder to write to; made if it is not there.", valueName: "folder"))
  var out: String

  @Option(help: "People.")
  var users = 500

  @Option(help: "Tweets.")
  var tweets = 5_000

  @Option(help: "Which of all such worlds.")
  var seed: UInt64 = 42

  func run() throws {
    let world = SyntheticWorld(options: .init(users: users, tweets: tweets, seed: seed))
    do throws(TrainingError) {
      try world.write(to: out, progress: ProgressBar())
    } catch {
      if case .badOption(let name, let value, let reason) = error {
        throw Failure.usage.exit("--\(name) \(value): \(reason)")
      }
      throw Failure.cannotCreate.exit("\(error)")
    }
  }
}
