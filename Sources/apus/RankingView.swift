import ApusClient
import Foundation

/// A ranking as the command line shows it: a table for people, Codable for programs.
struct RankingView: Encodable {
  /// One ranked tweet.
  struct Item: Encodable {
    let rank: Int
    let tweet: String
    let text: String
    let score: Float
    let propensity: Float
    let familiarity: String
    /// Contribution per signal; they add up to the score.
    let contributions: [Float]?
    /// Raw signal values.
    let values: [Float]?
  }

  let user: String
  let userKnown: Bool
  let requestID: String
  let modelVersion: String
  let policyVersion: String
  let candidates: Int
  let duplicatesRemoved: UInt32
  let valuesReplaced: UInt32
  let exploredPosition: UInt32
  let degradationLevel: UInt32
  let serverMicros: UInt32
  let queueMicros: UInt32
  let signals: [String]
  let items: [Item]

  init(
    _ ranking: apus_ranking, keys: KeyBook, newTexts: [UInt64: String], candidates: Int, serverMicros: UInt32,
    queueMicros: UInt32, user: String
  ) {
    self.user = user
    self.candidates = candidates
    self.serverMicros = serverMicros
    self.queueMicros = queueMicros
    userKnown = ranking.user_known
    requestID = String(ranking.request_id)
    modelVersion = ranking.model_version.map { String(cString: $0) } ?? ""
    policyVersion = ranking.policy_version.map { String(cString: $0) } ?? ""
    duplicatesRemoved = ranking.duplicates_removed
    valuesReplaced = ranking.values_replaced
    exploredPosition = ranking.explored_position
    degradationLevel = ranking.degradation_level
    let width = ranking.signal_count
    signals = (0..<width).map { index in ranking.signals?[index].map { String(cString: $0) } ?? "" }
    items = (0..<ranking.count).map { index in
      let id = ranking.tweet_ids[index]
      func row(_ table: UnsafePointer<Float>?) -> [Float]? {
        guard let table, width > 0 else { return nil }
        return (0..<width).map { table[index * width + $0] }
      }
      let text = ServerReply.text(ranking.texts, index)
      return Item(
        rank: index + 1, tweet: keys.key(of: id), text: text.isEmpty ? newTexts[id] ?? "" : text,
        score: ranking.scores[index], propensity: ranking.propensities?[index] ?? 1,
        familiarity: Self.familiarity(ranking.familiarity?[index] ?? 0), contributions: row(ranking.contributions),
        values: row(ranking.signal_values))
    }
  }

  private static func familiarity(_ raw: Int32) -> String {
    switch raw {
    case 0: "known"
    case 1: "text"
    default: "unknown"
    }
  }

  /// The table, and below it a line with the server's time.
  func table(explain: Bool) -> String {
    // What says nothing of any of these tweets would only take the text's place: it is named below.
    let speaking = explain ? signals.indices.filter { !isSilent($0) } : []
    let silent = explain && !items.isEmpty ? signals.indices.filter(isSilent).map { signals[$0] } : []
    let columns = explain ? tellingColumns(speaking) : []
    let shownSignals = columns.map(\.title)
    let idWidth = items.map { TextTable.width($0.tweet) }.max() ?? 5
    let fixed = 4 + 2 + idWidth + 2 + 2 + 8 + shownSignals.reduce(0) { $0 + 2 + max(8, $1.count) } + 21
    // What the model knows of each tweet is worth a column only where it does not know them all.
    let hasNews = items.contains { $0.familiarity != "known" }
    let textWidth = max(24, min(90, Terminal.columns - fixed))
    var table = TextTable(
      [("rank", .right), ("tweet", .left), ("text", .left), ("score", .right)]
        + shownSignals.map { ($0, .right) } + [("propensity", .right)] + (hasNews ? [("model", .left)] : []))
    for item in items {
      let text = item.text.isEmpty ? "(no text)" : item.text
      let contributions = columns.map { column in
        column.signals.reduce(Float(0)) { $0 + (item.contributions?[$1] ?? 0) }
      }
      table.add(
        [String(item.rank), item.tweet, TextTable.oneLine(text, limit: textWidth), Self.number(item.score)]
          + contributions.map(Self.number) + [String(format: "%.4g", Double(item.propensity))]
          + (hasNews ? [item.familiarity == "text" ? "by text" : item.familiarity] : []))
    }
    let remark = silent.isEmpty ? [] : ["Each tweet's score has 0 from \(silent.joined(separator: ", "))."]
    return table.render() + "\n\n" + (notes() + remark).joined(separator: "\n")
  }

  /// Columns of contributions that a table holds.
  private static let telling = 8

  /// What explains the order best: the signals that differ most between these tweets, each in a column, and the sum of
  /// all others in the last.
  private func tellingColumns(_ speaking: [Int]) -> [(title: String, signals: [Int])] {
    if speaking.count <= Self.telling { return speaking.map { (signals[$0], [$0]) } }
    func spread(_ signal: Int) -> Float {
      let values = items.compactMap { $0.contributions?[signal] }
      return (values.max() ?? 0) - (values.min() ?? 0)
    }
    let best = speaking.sorted { spread($0) > spread($1) }.prefix(Self.telling - 1)
    return best.map { (signals[$0], [$0]) } + [("others", speaking.filter { !best.contains($0) })]
  }

  /// Whether a signal contributes nothing to any of the tweets.
  private func isSilent(_ signal: Int) -> Bool { items.allSatisfy { ($0.contributions?[signal] ?? 0) == 0 } }

  private func notes() -> [String] {
    var notes = [
      "Ranked \(candidates) candidates for user \(user) in \(serverMicros) µs of the server's time "
        + "(\(queueMicros) µs of it waiting). Request \(requestID), model \(modelVersion)."
    ]
    if !userKnown { notes.append("The model does not know this user: only user-independent signals count.") }
    if duplicatesRemoved > 0 { notes.append("\(duplicatesRemoved) repeated candidates were ranked once.") }
    if valuesReplaced > 0 { notes.append("\(valuesReplaced) caller scores were not finite and count as 0.") }
    if exploredPosition > 0 { notes.append("Position \(exploredPosition) was explored (\(policyVersion)).") }
    if degradationLevel > 0 { notes.append("Degraded, level \(degradationLevel).") }
    return notes
  }

  private static func number(_ value: Float) -> String { String(format: "%.3f", Double(value)) }
}
