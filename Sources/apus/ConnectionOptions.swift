import ArgumentParser
import Foundation

/// Where the server is and how long to wait for it: shared by all commands that ask one.
struct ConnectionOptions: ParsableArguments {
  @Option(
    name: [.long, .customLong("server")],
    help: ArgumentHelp("Server to ask; a Unix socket as unix:/path.", valueName: "host:port"))
  var address = "127.0.0.1:7411"

  @Option(
    help: ArgumentHelp(
      "File whose first line is the server's token, where it asks for one; default: $APUS_TOKEN_FILE.",
      valueName: "file"))
  var tokenFile: String?

  @Option(help: ArgumentHelp("Time to wait for the answer; also the call's budget.", valueName: "ms"))
  var deadline: UInt32 = 1_000

  @Flag(help: "Print JSON for programs instead of a table.")
  var json = false

  /// Connects, or ends the command with a clear line.
  func connect() throws -> ServerConnection {
    let path = tokenFile ?? ProcessInfo.processInfo.environment["APUS_TOKEN_FILE"]
    return try ServerConnection(address: address, tokenFile: path, deadlineMillis: deadline)
  }
}
