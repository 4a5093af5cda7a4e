import ArgumentParser
import Feedback

/// `apus log`: looks into the feedback log of a state folder.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Look into a server's feedback log: inspect, verify, export it.",
    discussion: """
      Examples:
        apus log inspect apus-state --tail 20
        apus log verify apus-state
        apus log export apus-state --out export

      All of these only read, and take no lock: they work on the folder of a server that has ended, and beside one that \
      runs.
      """,
    subcommands: [LogInspectCommand.self, LogVerifyCommand.self, LogExportCommand.self])
}

/// The folder that a command looks into.
struct LogFolderArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("State folder of a server.", valueName: "state"))
  var state = "apus-state"

  /// Opens the log; ends the command where there is none.
  func reader() throws -> LogReader {
    do throws(FeedbackError) { return try LogReader(folder: state) } catch { throw Self.exit(error) }
  }

  /// What a command says of a folder that a server uses.
  static let inUseNote = "A server uses this folder: this is what it had written so far."

  /// Ends a command that cannot read the log.
  static func exit(_ error: FeedbackError) -> ExitCode {
    switch error {
    case .notALog, .unknownVersion, .badNode: Failure.badData.exit("\(error)")
    default: Failure.noInput.exit("\(error)")
    }
  }
}
