import ArgumentParser
import Evaluation
import Foundation
import Ranking
import Training

/// `apus evaluate`: how good is the order?
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure the ranker against baselines, single signals and the classic hybrid.",
    discussion: """
      Trains on what precedes the first impression, then replays the log in order of time, so that each impression is \
      ranked as of its moment, and prints how good the orders were. The folder is that of apus train; impressions are \
      impression_id,user_id,timestamp,candidates, where candidates are tweet_id-label separated by spaces and label 1 \
      is an engagement.

      Examples:
        apus evaluate --data logs --impressions logs/impressions.csv
        apus evaluate --data logs --impressions logs/impressions.csv --embeddings tweets.safetensors
        apus evaluate --data logs --impressions logs/impressions.csv --without interests,interests_now --json

      Signals are measured alone too, in whichever direction ranks these impressions better. Equal scores are told \
      apart by a number drawn for each impression and tweet.
      """)

  @Option(help: ArgumentHelp("Folder with the CSV files.", valueName: "folder"))
  var data: String

  @Option(help: ArgumentHelp("Impressions to rank.", valueName: "file"))
  var impressions: String

  @Option(help: ArgumentHelp("Signals that the ranker must do without.", valueName: "a,b,c"))
  var without = ""

  @Option(help: "Resamples of the paired bootstrap.")
  var resamples = 1_000

  @Flag(help: "Measure the ranker with its blend corrected online too, as apus serve --learn does, against the ranker.")
  var online = false

  @OptionGroup(title: "Learning")
  var learning: LearningArguments

  @OptionGroup(title: "Ranker")
  var ranker: RankerArguments

  @Option(help: "Threads; the default is one per core.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Seed of every random choice.")
  var seed: UInt64 = 42

  @Option(
    help: ArgumentHelp(
      "Write the signals of training and evaluation here, for other learners to try.", valueName: "file"))
  var signalsTo: String?

  @Flag(help: "Count malformed rows and go on instead of refusing the file.")
  var skipBadRows = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...100_000).contains(resamples) else {
      throw ValidationError("--resamples \(resamples) is not in 1 to 100000")
    }
    try learning.validate(isOn: online, flag: "--online")
    for name in without.split(separator: ",") where !Signal.ofMoment.contains(where: { $0.name == name }) {
      throw ValidationError(
        "--without \(name): no such signal; there are \(Signal.ofMoment.map(\.name).joined(separator: ", "))")
    }
  }

  func run() throws {
    let progress = ProgressBar()
    var options = TrainingOptions(dataFolder: data, threads: threads, producer: "apus \(ApusCommand.version)")
    options.seed = seed
    ranker.apply(to: &options)
    options.skipsBadRows = skipBadRows
    do throws(TrainingError) { try options.validate() } catch { throw Failure.usage.exit("\(error)") }
    let list: ImpressionList
    do throws(TrainingError) {
      list = try ImpressionList.read(path: impressions, skipsBadRows: skipBadRows, progress: progress)
    } catch { throw TrainCommand.exit(error) }
    let names = without.split(separator: ",")
    var evaluation = ReplayEvaluation(
      options: options, impressions: list, without: Set(Signal.ofMoment.filter { names.contains(Substring($0.name)) }),
      resamples: resamples, signalsPath: signalsTo)
    evaluation.online = online ? learning.rates : nil
    do throws(EvaluationError) {
      let result = try evaluation.run(progress: progress)
      if json { try? JSONOutput.print(result) } else { print(EvaluationView(result).text()) }
    } catch {
      if case .training(let error) = error { throw TrainCommand.exit(error) }
      if case .signals = error { throw Failure.cannotCreate.exit("\(error)") }
      throw Failure.badData.exit("\(error)")
    }
  }
}
