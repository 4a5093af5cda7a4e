import ApusClient
import ArgumentParser

/// `apus top`: asks a server for the best tweets for nobody in particular.
struct TopCommand: ParsableCommand {
  /// What to order by.
  enum Order: String, ExpressibleByArgument, CaseIterable {
    case pagerank
    case popularity
  }

  static let configuration = CommandConfiguration(
    commandName: "top", abstract: "Ask a server for the tweets with the highest PageRank or popularity.",
    discussion: """
      Examples:
        apus top --limit 5
        apus top --by popularity --json
      """)

  @Option(help: "Order by pagerank or popularity.")
  var by = Order.pagerank

  @Option(help: "How many tweets.")
  var limit: UInt32 = 10

  @OptionGroup var server: ConnectionOptions

  func run() throws {
    var request = apus_top_request()
    request.order = by == .pagerank ? APUS_TOP_PAGERANK : APUS_TOP_POPULARITY
    request.limit = limit
    request.include_text = true
    request.include_names = true
    let reply = try server.connect().top(&request)
    let view = try TweetListView(reply, valueName: by.rawValue)
    if server.json { try JSONOutput.print(view) } else { print(view.table()) }
  }
}
