import Artifact
import ArgumentParser
import Evaluation
import Foundation
import Ranking
import Serving
import Training

/// `apus evaluate`: how good is the order?
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure the ranker against baselines, single signals and the classic hybrid.",
    discussion: """
      Trains on what precedes the first impression, then replays the log in order of time, so that each impression is \
      ranked as of its moment, and prints how good the orders were. The folder is that of apus train; impressions are \
      impression_id,user_id,timestamp,candidates, where candidates are tweet_id-label separated by spaces and label 1 \
      is an engagement, or with --format mind MIND's behaviors.tsv: impression, user, time such as \
      11/15/2019 8:55:22 AM (taken as UTC), history, candidates, between tabs and without a header.

      Examples:
        apus evaluate --data logs --impressions logs/impressions.csv
        apus evaluate --data logs --impressions logs/impressions.csv --embeddings tweets.safetensors
        apus evaluate --data logs --impressions logs/impressions.csv --without interests,interests_now --json
        apus evaluate --data mind --impressions mind/behaviors.tsv --format mind
        apus evaluate --data logs --impressions logs/impressions.csv --report report.html --ablate
        apus evaluate --data logs --impressions logs/impressions.csv --model model.safetensors
        apus evaluate --log apus-state --model model.safetensors --epsilon 0
        apus evaluate --log apus-state --model newer.safetensors --bandit off --positions 3 --clip 100
        apus evaluate --log apus-state --target random --json

      --report writes one page of HTML with the pictures and all tables; it needs no network. --ablate learns the blend \
      again without each group of signals, which takes about as long for each group as the stage "order" does.

      Three slices are made on purpose, by hiding something after training: all but the candidates' texts, who wrote \
      them, and what one user in five did after three engagements.

      --model measures a trained ranker instead of training one. It must have learned from the log of the folder as it \
      was some time before the first impression; what happened since is replayed as above.

      --log asks a server's own log what another model, policy or weights would have earned, by importance weighting \
      (IPS, SNIPS) and doubly robust (DR), position by position. It says so where the log does not show enough of what \
      the target would do, and then ends with exit code 3.

      Signals are measured alone too, in whichever direction ranks these impressions better. Equal scores are told \
      apart by a number drawn for each impression and tweet.
      """)

  @Option(help: ArgumentHelp("Folder with the CSV files.", valueName: "folder"))
  var data: String?

  @Option(help: ArgumentHelp("Impressions to rank.", valueName: "file"))
  var impressions: String?

  @Option(help: "How the impressions are written: apus or mind.")
  var format = ImpressionFormat.apus

  @Option(help: ArgumentHelp("Model file to measure instead of training.", valueName: "file"))
  var model: String?

  @Option(help: ArgumentHelp("Signals that the ranker must do without.", valueName: "a,b,c"))
  var without = ""

  @OptionGroup(title: "Text")
  var text: TextArguments

  @Option(help: "Resamples of the paired bootstrap.")
  var resamples = 1_000

  @Flag(help: "Measure the ranker with its blend corrected online too, as apus serve --learn does, against the ranker.")
  var online = false

  @OptionGroup(title: "Learning")
  var learning: LearningArguments

  @OptionGroup(title: "Ranker")
  var ranker: RankerArguments

  @OptionGroup(title: "From a server's log")
  var logged: LogArguments

  @OptionGroup(title: "With --log: what feedback does to the order")
  var bandit: BanditArguments

  @OptionGroup(title: "With --log: steps")
  var steps: StepArguments

  @Option(help: "Threads; the default is one per core.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Seed of every random choice.")
  var seed: UInt64 = 42

  @Option(
    help: ArgumentHelp(
      "Write the signals of training and evaluation here, for other learners to try.", valueName: "file"))
  var signalsTo: String?

  @Option(help: ArgumentHelp("Write a page with pictures and tables here; replaced atomically.", valueName: "file"))
  var report: String?

  @Flag(help: "Learn again without each group of signals, to see what it adds.")
  var ablate = false

  @Flag(help: "Count malformed rows and go on instead of refusing the file.")
  var skipBadRows = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...100_000).contains(resamples) else {
      throw ValidationError("--resamples \(resamples) is not in 1 to 100000")
    }
    try learning.validate(isOn: online, flag: "--online")
    guard logged.log == nil else { return try validateLogged() }
    guard data != nil, impressions != nil else {
      throw ValidationError("missing --data and --impressions, or --log")
    }
    if model != nil, ablate || signalsTo != nil || !without.isEmpty {
      throw ValidationError("--ablate, --signals-to and --without ask for training, which --model does without")
    }
    for name in without.split(separator: ",") where !Signal.ofMoment.contains(where: { $0.name == name }) {
      throw ValidationError(
        "--without \(name): no such signal; there are \(Signal.ofMoment.map(\.name).joined(separator: ", "))")
    }
  }

  func run() throws {
    if let log = logged.log { return try run(log: log) }
    guard let data, let impressions else { return }
    for path in [report, signalsTo].compactMap({ $0 }) {
      if let obstacle = OutputFile.obstacle(path) { throw Failure.cannotCreate.exit(obstacle) }
    }
    let progress = ProgressBar()
    var options = TrainingOptions(dataFolder: data, threads: threads, producer: "apus \(ApusCommand.version)")
    options.text = try text.options(options.text)
    options.seed = seed
    ranker.apply(to: &options)
    options.skipsBadRows = skipBadRows
    do throws(TrainingError) { try options.validate() } catch { throw TrainCommand.exit(error) }
    let list: ImpressionList
    do throws(TrainingError) {
      list = try ImpressionList.read(
        path: impressions, format: format, skipsBadRows: skipBadRows, progress: progress)
    } catch { throw TrainCommand.exit(error) }
    let names = without.split(separator: ",")
    var evaluation = ReplayEvaluation(
      options: options, impressions: list, without: Set(Signal.ofMoment.filter { names.contains(Substring($0.name)) }),
      resamples: resamples, given: try model.map { (try Self.load($0), $0) }, ablates: ablate, signalsPath: signalsTo)
    evaluation.online = online ? learning.rates : nil
    let result: EvaluationResult
    do throws(EvaluationError) {
      result = try evaluation.run(progress: progress)
    } catch {
      if case .training(let error) = error { throw TrainCommand.exit(error) }
      if case .signals = error { throw Failure.cannotCreate.exit("\(error)") }
      throw Failure.badData.exit("\(error)")
    }
    if let report { try write(result, data: data, impressions: impressions, to: report) }
    if json { try JSONOutput.print(result) } else { print(EvaluationView(result).text()) }
  }

  static func load(_ path: String) throws -> Model {
    do throws(ServerError) { return try ModelLoader.load(path: path) } catch {
      if case .modelFile(let path, let error) = error { throw Failure.modelFile(path, error) }
      throw Failure.badData.exit("\(error)")
    }
  }

  private func write(
    _ result: EvaluationResult, data: String, impressions: String, to path: String
  ) throws {
    let asked = [
      ("data", data), ("impressions", "\(impressions) (\(format.rawValue))"),
      ("model", model ?? "trained here"), ("without", without.isEmpty ? "–" : without),
      ("online", online ? "learned at rate \(learning.learnRate)" : "–"), ("resamples", "\(resamples)"),
      ("blend lists", "\(ranker.blendLists)"), ("threads", "\(threads)"), ("seed", "\(seed)"),
    ]
    let page = EvaluationPage(result, options: asked, producer: "apus \(ApusCommand.version)").html()
    do throws(ArtifactError) { try WholeFile.write(Array(page.utf8), to: path) } catch {
      throw Failure.cannotCreate.exit("\(error)")
    }
  }
}

extension ImpressionFormat: ExpressibleByArgument {}
