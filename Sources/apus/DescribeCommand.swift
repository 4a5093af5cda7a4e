import ApusClient
import ArgumentParser

/// `apus describe`: asks a server what it is and what it has loaded.
struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "Ask a server what it is, what it has loaded and what it has done.",
    discussion: """
      Examples:
        apus describe
        apus describe --address 127.0.0.1:7411 --json
      """)

  @OptionGroup var server: ConnectionOptions

  func run() throws {
    let reply = try server.connect().describe()
    guard let description = reply.pointer.pointee.description?.pointee else {
      throw Failure.software.exit("the reply has no description")
    }
    let view = DescriptionView(description)
    if server.json { try JSONOutput.print(view) } else { print(view.table()) }
  }
}
