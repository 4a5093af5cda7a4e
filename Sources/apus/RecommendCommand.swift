import ApusClient
import ArgumentParser

/// `apus recommend`: asks a server to choose tweets for a user.
struct RecommendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommend", abstract: "Ask a server to choose tweets for a user.",
    discussion: """
      The server takes a list that `apus precompute` made, where it has a store with one, and else looks for candidates
      itself: from the user's tastes, and what is new and liked. Either way they are ranked as of now. What the user has
      engaged with, or written, is left out.

      Examples:
        apus recommend --user user_17
        apus recommend --user 168502762 --limit 50 --json
      """)

  @Option(help: "User to choose for: an id, or any key.")
  var user: String

  @Option(help: "How many tweets.")
  var limit: UInt32 = 10

  @OptionGroup var server: ConnectionOptions

  func validate() throws {
    if user.isEmpty { throw ValidationError("--user is empty") }
  }

  func run() throws {
    var keys = KeyBook()
    var request = apus_recommend_request()
    request.user_id = keys.id(of: user)
    request.limit = limit
    request.include_text = true
    request.include_names = true
    let reply = try server.connect().recommend(&request)
    let view = try RecommendationView(reply, user: user)
    if server.json { try JSONOutput.print(view) } else { print(view.table()) }
  }
}
