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
      is an engagement, or with --format mind MIND's behaviors.tsv: impression, user, time such as \
      11/15/2019 8:55:22 AM (taken as UTC), history, candidates, between tabs and without a header.

      Examples:
        apus evaluate --data logs --impressions logs/impressions.csv
        apus evaluate --data logs --impressions logs/impressions.csv --without interests,interests_now --json
        apus evaluate --data mind --impressions mind/behaviors.tsv --format mind

      Signals are measured alone too, in whichever direction ranks these impressions better. Equal scores are told \
      apart by a number drawn for each impression and tweet.
      """)

  @Option(help: ArgumentHelp("Folder with the CSV files.", valueName: "folder"))
  var data: String

  @Option(help: ArgumentHelp("Impressions to rank.", valueName: "file"))
  var impressions: String

  @Option(help: "How the impressions are written: apus or mind.")
  var format = ImpressionFormat.apus

  @Option(help: ArgumentHelp("Signals that the ranker must do without.", valueName: "a,b,c"))
  var without = ""

  @Option(help: "Resamples of the paired bootstrap.")
  var resamples = 1_000

  @Option(help: "Lists of tweets of either kind that the blend is learned from at most.")
  var blendLists = 40_000

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
    for name in without.split(separator: ",") where !Signal.ofMoment.contains(where: { $0.name == name }) {
      throw ValidationError(
        "--without \(name): no such signal; there are \(Signal.ofMoment.map(\.name).joined(separator: ", "))")
    }
  }

  func run() throws {
    let progress = ProgressBar()
    var options = TrainingOptions(dataFolder: data, threads: threads, producer: "apus \(ApusCommand.version)")
    options.seed = seed
    options.blendLists = blendLists
    options.skipsBadRows = skipBadRows
    do throws(TrainingError) { try options.validate() } catch { throw Failure.usage.exit("\(error)") }
    let list: ImpressionList
    do throws(TrainingError) {
      list = try ImpressionList.read(
        path: impressions, format: format, skipsBadRows: skipBadRows, progress: progress)
    } catch { throw TrainCommand.exit(error) }
    let names = without.split(separator: ",")
    let evaluation = ReplayEvaluation(
      options: options, impressions: list, without: Set(Signal.ofMoment.filter { names.contains(Substring($0.name)) }),
      resamples: resamples, signalsPath: signalsTo)
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

extension ImpressionFormat: ExpressibleByArgument {}
