import ArgumentParser
import Evaluation
import Feedback
import Ranking

extension EvaluateCommand {
  /// What is asked of a log, and what of a replay, do not mix.
  func validateLogged() throws {
    for (flag, isGiven) in [
      ("--data", data != nil), ("--impressions", impressions != nil), ("--report", report != nil), ("--ablate", ablate),
      ("--signals-to", signalsTo != nil), ("--without", !without.isEmpty), ("--online", online),
    ] where isGiven {
      throw ValidationError("\(flag) does not go with --log")
    }
    guard (model != nil) == (logged.target == .model) else {
      throw ValidationError("--log needs --model, or --target random")
    }
  }

  /// Asks the log in a state folder.
  func run(log folder: String) throws {
    let reader = try Self.reader(folder)
    let evaluation = LogEvaluation(
      arguments: logged, weights: SnapshotFacts.weights(folder: folder), policy: bandit.policy,
      steps: try steps.settings(),
      model: try model.map { try Self.load($0) }, resamples: resamples, seed: seed, threads: threads)
    let report: LogEvaluation.Report
    do {
      report = try evaluation.run { body in try Self.read(reader, body) }
    } catch {
      switch error {
      case let error as FeedbackError: throw Self.exit(error)
      case let error as StepError: throw Failure.usage.exit("\(error)")
      case CounterfactualError.empty: throw Failure.badData.exit("\(folder): no list of the log counts")
      case let error as CounterfactualError: throw Failure.badData.exit("\(folder): \(error)")
      default: throw error
      }
    }
    let view = LogEvaluationView(report: report)
    if json { try JSONOutput.print(report) } else { print(view.text()) }
    if report.conclusion == .notEnoughSupport {
      throw Failure.noConclusion.exit("not enough support to conclude")
    }
  }

  /// Hands over every entry in order; returns how many are lost.
  private static func read(_ reader: LogReader, _ body: (LogEntry) -> Void) throws(FeedbackError) -> UInt64 {
    let contents = try reader.read { entry, _ in body(entry) }
    guard !contents.segments.isEmpty else { throw .notALog(path: reader.path, reason: "there is no segment in it") }
    return contents.damages.reduce(0) { $0 + $1.count }
  }

  /// Opens the log in a state folder, also beside the server that writes it.
  private static func reader(_ folder: String) throws -> LogReader {
    do throws(FeedbackError) { return try LogReader(folder: folder) } catch { throw exit(error) }
  }

  private static func exit(_ error: FeedbackError) -> ExitCode {
    switch error {
    case .notALog, .unknownVersion: Failure.badData.exit("\(error)")
    default: Failure.noInput.exit("\(error)")
    }
  }
}
