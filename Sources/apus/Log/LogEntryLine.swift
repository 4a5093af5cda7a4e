import Feedback
import Ranking
import Training

/// One entry of a log, as people read it.
struct LogEntryLine: Encodable {
  let sequence: UInt64
  let time: Int64
  /// event, ranking or rewards.
  let kind: String
  let text: String

  init(_ entry: LogEntry, sequence: UInt64) {
    self.sequence = sequence
    switch entry {
    case .event(let event, let isUnmatched):
      (kind, time) = ("event", event.timestampSeconds)
      let request = event.requestID == 0 ? "" : ", request \(event.requestID)"
      text =
        "\(EventNames.name(of: event.type)) of user \(event.userID) on tweet \(event.tweetID)\(request)"
        + (isUnmatched ? ", unmatched" : "")
    case .ranking(let ranking):
      (kind, time) = ("ranking", ranking.timestampSeconds)
      let best = ranking.items.prefix(3).map { "\($0.tweetID) (\($0.propensity))" }.joined(separator: ", ")
      text =
        "request \(ranking.requestID) showed user \(ranking.userID) \(ranking.items.count) of "
        + "\(ranking.candidates.count) candidates: \(best)\(ranking.items.count > 3 ? ", …" : "")"
    case .rewards(let weights):
      (kind, time) = ("rewards", weights.setAtSeconds)
      text = EventType.allCases.filter { $0 != .impression }.map { "\($0) \(weights[$0])" }.joined(separator: ", ")
    }
  }

  /// Entries, one a line.
  static func table(_ lines: [LogEntryLine]) -> String {
    var table = TextTable([("entry", .right), ("time", .left), ("kind", .left), ("what", .left)])
    for line in lines { table.add(["\(line.sequence)", UnixTime.text(line.time), line.kind, line.text]) }
    return table.render()
  }
}
