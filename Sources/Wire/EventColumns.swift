import Ranking

/// The events of one RecordEvents call as parallel columns: views into the ``RequestArena``.
public struct EventColumns {
  /// Who, one an event.
  public var userIDs: UnsafeBufferPointer<UInt64>
  /// With which tweet, one an event.
  public var tweetIDs: UnsafeBufferPointer<UInt64>
  /// What, one an event; types of later versions pass as they are.
  public var types: UnsafeBufferPointer<UInt32>
  /// Empty, or Unix seconds, any value.
  public var timestamps: UnsafeBufferPointer<Int64>
  /// Empty, or the ranking that showed the tweet (0: none).
  public var requestIDs: UnsafeBufferPointer<UInt64>

  /// Events over borrowed columns; the first three are of one length, the others are of that length or empty.
  public init(
    userIDs: UnsafeBufferPointer<UInt64>, tweetIDs: UnsafeBufferPointer<UInt64>, types: UnsafeBufferPointer<UInt32>,
    timestamps: UnsafeBufferPointer<Int64> = .init(start: nil, count: 0),
    requestIDs: UnsafeBufferPointer<UInt64> = .init(start: nil, count: 0)
  ) {
    self.userIDs = userIDs
    self.tweetIDs = tweetIDs
    self.types = types
    self.timestamps = timestamps
    self.requestIDs = requestIDs
  }

  /// Rows.
  public var count: Int { userIDs.count }

  /// Row `index` as the feedback log keeps it.
  ///
  /// A timestamp outside 1…`receivedAtSeconds` (absent, negative, of a clock that is ahead) becomes
  /// `receivedAtSeconds`, so that no client can place events where decay would never reach them.
  public func event(_ index: Int, receivedAtSeconds: Int64) -> FeedbackEvent {
    let claimed = timestamps.isEmpty ? 0 : timestamps[index]
    let isPlausible = claimed >= 1 && claimed <= receivedAtSeconds
    return FeedbackEvent(
      userID: userIDs[index], tweetID: tweetIDs[index], type: types[index],
      timestampSeconds: isPlausible ? claimed : receivedAtSeconds,
      requestID: requestIDs.isEmpty ? 0 : requestIDs[index])
  }

  /// All rows as the feedback log keeps them.
  public func events(receivedAtSeconds: Int64) -> [FeedbackEvent] {
    (0..<count).map { event($0, receivedAtSeconds: receivedAtSeconds) }
  }
}
