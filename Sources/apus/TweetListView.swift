import ApusClient
import Foundation

/// A list of tweets with one value each, as `similar` and `top` show it.
struct TweetListView: Encodable {
  /// One tweet.
  struct Item: Encodable {
    let rank: Int
    /// The key as logged.
    let tweet: String
    let text: String
    let value: Double
  }

  let valueName: String
  let modelVersion: String
  let serverMicros: UInt32
  let items: [Item]

  init(_ reply: ServerReply, valueName: String) throws {
    guard let tweets = reply.pointer.pointee.tweets?.pointee else {
      throw Failure.software.exit("the reply has no tweets")
    }
    self.valueName = valueName
    modelVersion = tweets.model_version.map { String(cString: $0) } ?? ""
    serverMicros = reply.serverMicros
    items = (0..<tweets.count).map { index in
      let name = ServerReply.text(tweets.names, index)
      return Item(
        rank: index + 1, tweet: name.isEmpty ? String(tweets.tweet_ids[index]) : name,
        text: ServerReply.text(tweets.texts, index), value: tweets.values[index])
    }
  }

  /// Longer keys are cut in the table; JSON has them whole.
  private static let keyLimit = 80

  func table() -> String {
    var table = TextTable([("rank", .right), ("tweet", .left), ("text", .left), (valueName, .right)])
    let width = max(24, min(110, Terminal.columns - 48))
    for item in items {
      table.add([
        String(item.rank), TextTable.oneLine(item.tweet, limit: Self.keyLimit),
        TextTable.oneLine(item.text, limit: width), String(format: "%.6g", item.value),
      ])
    }
    return table.render()
      + "\n\n\(items.count) tweets in \(serverMicros) µs of the server's time. Model \(modelVersion)."
  }
}
