import Artifact
import ArgumentParser
import Foundation
import Training

/// `apus train`: logs in, model out.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model from a folder of engagement logs.",
    discussion: """
      The folder holds user_engagements.csv (user_id,tweet_id,engagement_score[,engagement_type,timestamp]) and \
      tweets.csv (tweet_id,text[,author_id,created_at,in_reply_to_tweet_id,quoted_tweet_id]); optional are \
      user_graph.csv (src_user_id,dst_user_id[,weight,timestamp]) and users.csv (user_id[,screen_name]). Columns are \
      found by name; others are ignored; ids are any text.

      Examples:
        apus train --data logs --out model.safetensors
        apus train --data logs --out model.safetensors --factors 32 --epochs 30 --seed 7
        apus train --data logs --out model.safetensors --tokens tweet
        apus train --data logs --out model.safetensors --recipe classic
        apus train --data logs --out model.safetensors --recipe classic --precision float --threads 2
        apus train --data logs --out model.safetensors --learn-from logs/impressions.csv --calibration isotonic
        apus train --data logs --out model.safetensors --embeddings tweets.safetensors
        apus train --data logs --out model.safetensors --skip-bad-rows --json

      The classic recipe computes what scikit-learn, Surprise and networkx compute; its SVD is surprise.SVD with \
      random_state = seed, in doubles and in the same order, on one thread. Floats are several times faster, use all \
      threads, and differ by rounding on one thread and by the order of visits on more.
      """)

  @Option(help: ArgumentHelp("Folder with the CSV files.", valueName: "folder"))
  var data: String

  @Option(help: ArgumentHelp("Model file to write; replaced atomically.", valueName: "file"))
  var out: String

  @Option(help: "ranker, or classic: what the usual Python stack computes, with plain profiles and neighbours.")
  var recipe = Recipe.ranker

  @Option(help: "Length of the SVD's factor vectors (default: 64, classic 100).")
  var factors: Int?

  @Option(help: "Passes of gradient descent over the engagements.")
  var epochs = 20

  @Option(help: "Step of gradient descent.")
  var learningRate = 0.005

  @Option(help: "L2 penalty on biases and factors.")
  var regularization = 0.02

  @Flag(help: "Leave mean and biases out of the SVD, as surprise.SVD(biased=False) does.")
  var unbiased = false

  @Option(help: "What the SVD computes with: float or double (default: float, classic double).")
  var precision: Precision?

  @OptionGroup(title: "Text")
  var text: TextArguments

  @Option(help: "Nearest users and tweets kept of each, for the neighbour signals (classic only); 0: none.")
  var neighbours = 40

  @Option(help: "What makes neighbours: cosine, msd, pearson or pearson_baseline.")
  var similarity = Similarity.cosine

  @Option(help: "Ratings that neighbours must have in common.")
  var minSupport = 1

  @OptionGroup(title: "Ranker")
  var ranker: RankerArguments

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
    if let factors { options.factors = factors }
    if let precision { options.precision = precision }
    options.isUnbiased = unbiased
    options.epochs = epochs
    options.learningRate = learningRate
    options.regularization = regularization
    options.text = try text.options(options.text)
    options.neighbours = neighbours
    options.similarity = similarity
    options.minSupport = minSupport
    options.damping = damping
    ranker.apply(to: &options)
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
  private static let flags = [
    "learningRate": "learning-rate", "maxFeatures": "vocabulary", "minDocumentFrequency": "min-df",
    "maxDocumentFrequency": "max-df", "stopWords": "stop-words", "minSupport": "min-support",
    "blendLists": "blend-lists", "impressions": "learn-from",
  ]

  static func exit(_ error: TrainingError) -> ExitCode {
    switch error {
    case .missingFile, .unreadableFile: Failure.noInput.exit("\(error)")
    case .artifact, .outOfMemory: Failure.software.exit("\(error)")
    case .embeddings(let path, let reason):
      (FileManager.default.fileExists(atPath: path) ? Failure.badData : .noInput)
        .exit(reason.contains(path) ? reason : "\(path): \(reason)")
    case .badOption(let name, let value, let reason):
      Failure.usage.exit("--\(flags[name] ?? name) \(value): \(reason)")
    default: Failure.badData.exit("\(error)")
    }
  }
}

extension CalibrationMethod: ExpressibleByArgument {}
extension Recipe: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension Similarity: ExpressibleByArgument {}
