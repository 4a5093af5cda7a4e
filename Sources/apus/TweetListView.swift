import ApusClient
import Foundation

/// A list of tweets with one value each, as `similar` and `top` show it.
struct TweetListView: Encodable {
  /// One tweet.
  struct Item: Encodable {
    let rank: Int
    let tweet: String
    let text: String
    let value: Double
  }

  let valueName: String
  let modelVersion: String
  let serverMicros: UInt32
  let items: [Item]

  init(_ reply: ServerReply, valueName: String, keys: KeyBook) throws {
    guard let tweets = reply.pointer.pointee.tweets?.pointee else {
      throw Failure.software.exit("the reply has no tweets")
    }
    self.valueName = valueName
    modelVersion = tweets.model_version.map { String(cString: $0) } ?? ""
    serverMicros = reply.serverMicros
    items = (0..<tweets.count).map { index in
      Item(
        rank: index + 1, tweet: keys.key(of: tweets.tweet_ids[index]), text: ServerReply.text(tweets.texts, index),
        value: tweets.values[index])
    }
  }

  func table() -> String {
    var table = TextTable([("rank", .right), ("tweet", .left), ("text", .left), (valueName, .right)])
    let width = max(24, min(110, Terminal.columns - 48))
    for item in items {
      table.add([
        String(item.rank), item.tweet, TextTable.oneLine(item.text, limit: width), String(format: "%.6g", item.value),
      ])
    }
    return table.render()
      + "\n\n\(items.count) tweets in \(serverMicros) µs of the server's time. Model \(modelVersion)."
  }
}
