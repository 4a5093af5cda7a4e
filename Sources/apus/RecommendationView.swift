import ApusClient
import Foundation

/// Recommended tweets as the command line shows them: a table for people, Codable for programs.
struct RecommendationView: Encodable {
  /// One tweet.
  struct Item: Encodable {
    let rank: Int
    /// The key as logged.
    let tweet: String
    let text: String
    let score: Float
    let propensity: Float
  }

  let user: String
  let userKnown: Bool
  let requestID: String
  let modelVersion: String
  let policyVersion: String
  /// `precomputed` or `computed`.
  let source: String
  /// Why it was computed; `none` where it was not.
  let computeReason: String
  /// Unix seconds at which the list was made; 0: computed.
  let madeAt: Int64
  let candidates: UInt32
  let exploredPosition: UInt32
  let degradationLevel: UInt32
  let serverMicros: UInt32
  let queueMicros: UInt32
  let items: [Item]

  init(_ reply: ServerReply, user: String) throws {
    guard let tweets = reply.pointer.pointee.tweets?.pointee, let told = tweets.recommendation?.pointee else {
      throw Failure.software.exit("the reply has no recommendations")
    }
    self.user = user
    userKnown = told.user_known
    requestID = String(told.request_id)
    modelVersion = tweets.model_version.map { String(cString: $0) } ?? ""
    policyVersion = told.policy_version.map { String(cString: $0) } ?? ""
    source = tweets.source.map { String(cString: $0) } ?? ""
    computeReason = Self.name(ofReason: told.compute_reason)
    madeAt = told.made_at
    candidates = told.candidates
    exploredPosition = told.explored_position
    degradationLevel = told.degradation_level
    serverMicros = reply.serverMicros
    queueMicros = reply.queueMicros
    items = (0..<tweets.count).map { index in
      let name = ServerReply.text(tweets.names, index)
      return Item(
        rank: index + 1, tweet: name.isEmpty ? String(tweets.tweet_ids[index]) : name,
        text: ServerReply.text(tweets.texts, index), score: Float(tweets.values[index]),
        propensity: told.propensities?[index] ?? 1)
    }
  }

  private static let reasons = [
    "none", "no_store", "miss", "timeout", "store_down", "stale_model", "damaged", "short",
  ]

  private static func name(ofReason number: Int32) -> String {
    reasons.indices.contains(Int(number)) ? reasons[Int(number)] : "\(number)"
  }

  /// The table, and below it where the tweets came from.
  func table() -> String {
    var table = TextTable([
      ("rank", .right), ("tweet", .left), ("text", .left), ("score", .right), ("propensity", .right),
    ])
    let width = max(24, min(110, Terminal.columns - 58))
    for item in items {
      table.add([
        String(item.rank), TextTable.oneLine(item.tweet, limit: 80),
        item.text.isEmpty ? "(no text)" : TextTable.oneLine(item.text, limit: width),
        String(format: "%.3f", Double(item.score)), String(format: "%.4g", Double(item.propensity)),
      ])
    }
    return table.render() + "\n\n" + notes().joined(separator: "\n")
  }

  private func notes() -> [String] {
    let origin =
      source == "precomputed"
      ? "from a list made beforehand, at Unix time \(madeAt)" : "found by the server (\(computeReason))"
    var notes = [
      "Ranked \(candidates) candidates, \(origin), for user \(user) in \(serverMicros) µs of the server's time "
        + "(\(queueMicros) µs of it waiting). Request \(requestID), model \(modelVersion)."
    ]
    if !userKnown { notes.append("The model does not know this user: it chose among what is new and liked.") }
    if exploredPosition > 0 { notes.append("Position \(exploredPosition) was explored (\(policyVersion)).") }
    if degradationLevel > 0 { notes.append("Degraded, level \(degradationLevel).") }
    return notes
  }
}
