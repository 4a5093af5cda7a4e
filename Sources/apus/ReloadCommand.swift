import ApusClient
import ArgumentParser

/// `apus reload`: has a server change its model.
struct ReloadCommand: ParsableCommand {
  /// What is served now, for `--json`.
  struct Outcome: Encodable {
    let modelVersion: String
    let previousVersion: String
    let isChanged: Bool
    let serverMicros: UInt32
  }

  static let configuration = CommandConfiguration(
    commandName: "reload", abstract: "Have a server load its model file anew, or go back to the model before.",
    discussion: """
      Returns when the new model is served. Where it cannot be, the old one stays, the reason is printed, and the exit \
      code is 65; 75 where two models do not fit into memory. SIGHUP asks for the same without waiting for it.

      A rollback reads the file of the model before, which the server holds open although another has its name now. It \
      lasts until the next reload: put the file back as well.

      Examples:
        apus reload
        apus reload --rollback
        apus reload --path candidate.safetensors    (in the server's --reload-folder)
        apus reload --json
      """)

  @Option(
    help: ArgumentHelp("Load this file instead of the server's own; needs --reload-folder there.", valueName: "file"))
  var path: String?

  @Flag(help: "Go back to the model before.")
  var rollback = false

  @Option(help: ArgumentHelp("How long to wait for it.", valueName: "seconds"))
  var wait: UInt32 = 600

  @OptionGroup var server: ConnectionOptions

  func validate() throws {
    if rollback, path != nil { throw ValidationError("--rollback takes no --path; it goes back to the model before") }
    guard (1...86_400).contains(wait) else { throw ValidationError("--wait \(wait) is not in 1 to 86400") }
  }

  func run() throws {
    let reply = try server.connect().reload(path: path, rollback: rollback, waitMillis: wait * 1_000)
    guard let reloaded = reply.pointer.pointee.reloaded?.pointee else {
      throw Failure.software.exit("the reply does not say what is served")
    }
    let (now, before) = (String(cString: reloaded.model_version), String(cString: reloaded.previous_version))
    if server.json {
      try JSONOutput.print(
        Outcome(
          modelVersion: now, previousVersion: before, isChanged: now != before, serverMicros: reply.serverMicros))
    } else if now == before {
      print("model \(now) is served already; nothing was changed")
    } else {
      print("model \(now) is served, in place of \(before)")
    }
  }
}
