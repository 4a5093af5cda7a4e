import Feedback
import Ranking
import Training

/// Writes a log as training data. Reads it twice: what a ranking earned, and what that is worth, is known at the end only.
///
/// Memory: some 70 bytes for each item with feedback.
struct LogExporter {
  /// What was written, for `--json`.
  struct Counts: Encodable {
    var entries: UInt64 = 0
    /// Rows of the three files.
    var engagements = 0
    var impressions = 0
    var propensities = 0
    /// Entries that are lost to damage.
    var lost: UInt64 = 0
  }

  /// An item of a ranking.
  private struct Shown: Hashable {
    let request: UInt64
    let tweet: UInt64
  }

  private let reader: LogReader
  private let keys: ModelKeys
  private let folder: String
  /// Types of the events that count: bit t − 1 for type t.
  private var types: [Shown: UInt8] = [:]
  private var weights = RewardWeights()
  private var counts = Counts()

  init(_ reader: LogReader, keys: ModelKeys, folder: String) {
    (self.reader, self.keys, self.folder) = (reader, keys, folder)
  }

  /// Throws ``FeedbackError`` where the log cannot be read, ``TrainingError`` where the files cannot be written.
  mutating func run() throws -> Counts {
    var state = SnapshotFacts.weights(folder: reader.path)
    var types: [Shown: UInt8] = [:]
    let contents = try reader.read { entry, _ in
      switch entry {
      case .rewards(let new): if state.isReplaced(by: new) { state = new }
      case .event(let event, _):
        guard let type = Self.typeThatCounts(entry), event.requestID != 0 else { return }
        types[Shown(request: event.requestID, tweet: event.tweetID), default: 0] |= 1 << UInt8(type.rawValue - 1)
      case .ranking: break
      }
    }
    if contents.segments.isEmpty { throw Failure.noInput.exit("\(reader.path): there is no feedback log") }
    try OutputFolder.create(folder)
    (weights, self.types) = (state, types)
    (counts.entries, counts.lost) = (contents.entries, contents.damages.reduce(0) { $0 + $1.count })
    try write(through: contents.lastSequence)
    return counts
  }

  /// The type of an event that counts; nil: it does not, or is of a later version, or no event.
  private static func typeThatCounts(_ entry: LogEntry) -> EventType? {
    guard case .event(let event, isUnmatched: false) = entry else { return nil }
    return EventType(rawValue: event.type)
  }

  // MARK: Writing

  private mutating func write(through last: UInt64) throws {
    let engagements = try CSVWriter(
      path: folder + "/user_engagements.csv",
      header: ["user_id", "tweet_id", "engagement_score", "engagement_type", "timestamp"])
    let impressions = try CSVWriter(
      path: folder + "/impressions.csv", header: ["impression_id", "user_id", "timestamp", "candidates"])
    let propensities = try CSVWriter(
      path: folder + "/propensities.csv",
      header: [
        "request_id", "user_id", "timestamp", "position", "tweet_id", "propensity", "score", "reward", "policy_version",
        "model_version",
      ])
    var failure: TrainingError?
    _ = try reader.read(through: last) { entry, _ in
      if failure != nil { return }
      do throws(TrainingError) {
        switch entry {
        case .event(let event, _):
          if let type = Self.typeThatCounts(entry) { try write(event, type, to: engagements) }
        case .ranking(let ranking):
          try write(ranking, to: impressions)
          try write(propensitiesOf: ranking, to: propensities)
        case .rewards: break
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    for file in [engagements, impressions, propensities] { try file.finish() }
    (counts.engagements, counts.impressions) = (engagements.rowCount - 1, impressions.rowCount - 1)
    counts.propensities = propensities.rowCount - 1
  }

  /// Impressions are no engagements.
  private func write(_ event: FeedbackEvent, _ type: EventType, to file: CSVWriter) throws(TrainingError) {
    if type == .impression { return }
    file.field(keys.user(event.userID))
    file.field(keys.tweet(event.tweetID))
    file.field("\(weights[type])")
    file.field("\(type)")
    file.field(Self.time(event.timestampSeconds))
    try file.endRow()
  }

  private func write(_ ranking: LoggedRanking, to file: CSVWriter) throws(TrainingError) {
    if ranking.items.isEmpty { return }
    file.field(ranking.requestID)
    file.field(keys.user(ranking.userID))
    file.field(Self.time(ranking.timestampSeconds))
    let candidates = ranking.items.map { item in
      "\(keys.tweet(item.tweetID))-\(types(of: item, ranking).contains(where: \.isEngagement) ? 1 : 0)"
    }
    file.field(candidates.joined(separator: " "))
    try file.endRow()
  }

  private func write(propensitiesOf ranking: LoggedRanking, to file: CSVWriter) throws(TrainingError) {
    let user = keys.user(ranking.userID)
    for (place, item) in ranking.items.enumerated() {
      file.field(ranking.requestID)
      file.field(user)
      file.field(Self.time(ranking.timestampSeconds))
      file.field(place + 1)
      file.field(keys.tweet(item.tweetID))
      file.field("\(item.propensity)")
      file.field("\(item.score)")
      file.field("\(types(of: item, ranking).reduce(0) { $0 + weights[$1] })")
      file.field(ranking.policyVersion)
      file.field(ranking.modelVersion)
      try file.endRow()
    }
  }

  /// The events on an item that count, one of each type.
  private func types(of item: LoggedRanking.Item, _ ranking: LoggedRanking) -> [EventType] {
    let bits = types[Shown(request: ranking.requestID, tweet: item.tweetID)] ?? 0
    return EventType.allCases.filter { bits & 1 << UInt8($0.rawValue - 1) != 0 }
  }

  /// Times that no calendar has are written as the nearest one that has: training refuses others.
  private static func time(_ seconds: Int64) -> Int64 {
    min(max(seconds, UnixTime.years.lowerBound), UnixTime.years.upperBound)
  }
}
