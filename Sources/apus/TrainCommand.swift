import Artifact
import ArgumentParser
import Foundation
import Training

/// `apus train`: logs in, model out.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model from a folder of engagement logs.",
    discussion: """
      The folder holds user_engagements.csv (user_id,tweet_id,engagement_score[,timestamp]) and tweets.csv \
      (tweet_id,text[,author_id,created_at]); optional are user_graph.csv (src_user_id,dst_user_id[,weight]) and \
      users.csv (user_id). Columns are found by name; others are ignored; ids are any text.

      Examples:
        apus train --data logs --out model.safetensors
        apus train --data logs --out model.safetensors --factors 32 --epochs 30 --seed 7
        apus train --data logs --out model.safetensors --skip-bad-rows --json
      """)

  @Option(help: ArgumentHelp("Folder with the CSV files.", valueName: "folder"))
  var data: String

  @Option(help: ArgumentHelp("Model file to write; replaced atomically.", valueName: "file"))
  var out: String

  @Option(help: "ranker, or classic: user profiles as plain sums, as the usual Python stack has them.")
  var recipe = Recipe.ranker

  @Option(help: "Length of the SVD's factor vectors.")
  var factors = 64

  @Option(help: "Passes of gradient descent over the engagements.")
  var epochs = 20

  @Option(help: "Step of gradient descent.")
  var learningRate = 0.005

  @Option(help: "L2 penalty on biases and factors.")
  var regularization = 0.02

  @Option(help: "Terms of the TF-IDF vocabulary.")
  var vocabulary = 5_000

  @Option(help: "PageRank's probability of following an edge.")
  var damping = 0.85

  @Option(help: "Threads; the default is one per core.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Seed of every random choice: same data, options, seed and threads: same bytes.")
  var seed: UInt64 = 42

  @Flag(help: "Count malformed rows and go on instead of refusing the file.")
  var skipBadRows = false

  @Flag(help: "Leave the tweets' texts out of the model; answers then show ids alone.")
  var withoutTexts = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    if let obstacle = OutputFile.obstacle(out) { throw Failure.cannotCreate.exit(obstacle) }
    var options = TrainingOptions(
      dataFolder: data, threads: threads, producer: "apus \(ApusCommand.version)", recipe: recipe)
    options.factors = factors
    options.epochs = epochs
    options.learningRate = learningRate
    options.regularization = regularization
    options.vocabularySize = vocabulary
    options.damping = damping
    options.seed = seed
    options.skipsBadRows = skipBadRows
    options.keepsTexts = !withoutTexts
    let progress = ProgressBar()
    let model: TensorSet
    let report: TrainingReport
    do throws(TrainingError) {
      (model, report) = try Trainer.train(options, progress: progress)
    } catch {
      throw Self.exit(error)
    }
    progress.update(stage: "writing", completed: 0, total: 0)
    do throws(ArtifactError) { try model.write(to: out) } catch { throw Failure.cannotCreate.exit("\(error)") }
    let bytes = (try? FileManager.default.attributesOfItem(atPath: out)[.size] as? Int) ?? 0
    progress.finish(stage: "writing", detail: "\(out), \(bytes / 1_000_000) MB, version \(model.version)")
    if json { try JSONOutput.print(report) } else { print(report) }
  }

  /// Options whose flag is not the trainer's name for them.
  private static let flags = ["learningRate": "learning-rate", "vocabularySize": "vocabulary"]

  private static func exit(_ error: TrainingError) -> ExitCode {
    switch error {
    case .missingFile, .unreadableFile: Failure.noInput.exit("\(error)")
    case .artifact: Failure.software.exit("\(error)")
    case .badOption(let name, let value, let reason):
      Failure.usage.exit("--\(flags[name] ?? name) \(value): \(reason)")
    default: Failure.badData.exit("\(error)")
    }
  }
}

extension Recipe: ExpressibleByArgument {}
