import Ranking

/// The bodies of records. Their tables are in `docs/feedback-log.md`.
extension LogEntry {
  /// What the body is; a number never gets another meaning.
  enum Kind: UInt8 {
    case event = 1
    case ranking = 2
    case rewards = 3
  }

  /// Set in the flags of an event that did not match a ranking.
  private static let unmatchedFlag: UInt8 = 1

  var kind: Kind {
    switch self {
    case .event: .event
    case .ranking: .ranking
    case .rewards: .rewards
    }
  }

  var flags: UInt8 {
    if case .event(_, isUnmatched: true) = self { Self.unmatchedFlag } else { 0 }
  }

  /// Appends the body, without padding.
  func encode(into writer: inout ByteWriter) {
    switch self {
    case .event(let event, _):
      writer.put(event.userID)
      writer.put(event.tweetID)
      writer.put(event.timestampSeconds)
      writer.put(event.requestID)
      writer.put(event.type)
    case .ranking(let ranking): ranking.encode(into: &writer)
    case .rewards(let weights):
      writer.put(weights.setAtSeconds)
      writer.put(UInt32(weights.values.count))
      for value in weights.values { writer.put(value.bitPattern) }
    }
  }

  /// The entry in a body with up to 7 bytes of padding; nil: these bytes are none.
  static func decode(_ body: UnsafeRawBufferPointer, kind: UInt8, flags: UInt8) -> LogEntry? {
    guard let kind = Kind(rawValue: kind), flags == 0 || (kind == .event && flags == unmatchedFlag) else { return nil }
    var reader = ByteReader(body)
    let entry: LogEntry?
    switch kind {
    case .event: entry = FeedbackEvent(&reader).map { .event($0, isUnmatched: flags == unmatchedFlag) }
    case .ranking: entry = LoggedRanking(&reader).map(LogEntry.ranking)
    case .rewards: entry = RewardWeights(&reader).map(LogEntry.rewards)
    }
    return reader.isPadding(below: LogRecord.alignment) ? entry : nil
  }
}

extension FeedbackEvent {
  fileprivate init?(_ reader: inout ByteReader) {
    guard let user = reader.take(UInt64.self), let tweet = reader.take(UInt64.self),
      let time = reader.take(Int64.self), let request = reader.take(UInt64.self), let type = reader.take(UInt32.self)
    else { return nil }
    self.init(userID: user, tweetID: tweet, type: type, timestampSeconds: time, requestID: request)
  }
}

extension RewardWeights {
  /// Types of later versions, which this one cannot apply, are passed over.
  fileprivate init?(_ reader: inout ByteReader) {
    guard let time = reader.take(Int64.self), let count = reader.take(UInt32.self), count <= 256,
      reader.left >= Int(count) * 8
    else { return nil }
    self.init()
    setAtSeconds = time
    for number in 0..<count {
      guard let bits = reader.take(UInt64.self) else { return nil }
      guard let type = EventType(rawValue: number), type != .impression else { continue }
      do { try set(type, to: Double(bitPattern: bits)) } catch { return nil }
    }
  }
}
