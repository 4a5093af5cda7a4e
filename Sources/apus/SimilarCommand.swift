import ApusClient
import ArgumentParser
import Artifact

/// `apus similar`: asks a server for the tweets whose text is closest to a given one.
struct SimilarCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "similar", abstract: "Ask a server for the tweets most similar to a tweet or a text.",
    discussion: """
      Examples:
        apus similar --tweet 1600000000000000123 --limit 5
        apus similar --text 'slow braised beef with red wine'
      """)

  @Option(help: "Tweet to compare with: an id, or any key.")
  var tweet: String?

  @Option(parsing: .unconditional, help: "Text to compare with, used where the model lacks the tweet.")
  var text: String?

  @Option(help: "How many tweets.")
  var limit: UInt32 = 10

  @OptionGroup var server: ConnectionOptions

  func validate() throws {
    guard tweet != nil || text != nil else { throw ValidationError("give --tweet or --text") }
    if tweet?.isEmpty ?? (text?.isEmpty ?? true) {
      throw ValidationError("\(tweet == nil ? "--text" : "--tweet") is empty")
    }
  }

  func run() throws {
    let id = tweet.map { EntityID.of($0) } ?? 0
    let connection = try server.connect()
    let bytes = Array((text ?? "").utf8)
    let reply = try bytes.withUnsafeBytes { bytes in
      var request = apus_similar_request()
      request.tweet_id = id
      request.text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      request.text_length = bytes.count
      request.limit = limit
      request.include_text = true
      request.include_names = true
      return try connection.similar(&request)
    }
    let view = try TweetListView(reply, valueName: "cosine")
    if server.json { return try JSONOutput.print(view) }
    print(view.items.isEmpty ? "No tweet of the model shares a term with it." : view.table())
  }
}
