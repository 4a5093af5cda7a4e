import Ranking

extension FoldedState {
  /// What will become of an event that is about to be recorded.
  public enum Judgement: Equatable, Sendable {
    /// It will count: it names no ranking, or one that showed the tweet to the user lately.
    case counts
    /// It is recorded already.
    case duplicate
    /// It names a ranking that is not known.
    case unknownRanking
    /// It names a ranking that did not show the tweet, or not to this user, or too long ago.
    case unmatched
  }

  /// Judges an event by what is known now.
  ///
  /// An event that will count is no duplicate, even if a copy was recorded that does not count.
  public func judge(_ event: FeedbackEvent) -> Judgement {
    guard let key = event.key else { return .counts }
    let judgement: Judgement
    switch rankings.match(event) {
    case .unknownRanking: judgement = .unknownRanking
    case .notShown, .late: judgement = .unmatched
    case .shown(_, _, let counted, _):
      if let type = EventType(rawValue: event.type) {
        return counted & KnownRankings.bit(type) != 0 ? .duplicate : .counts
      }
      judgement = .counts
    }
    return keys.contains(key) ? .duplicate : judgement
  }

  /// Judges an event that names a ranking about to be recorded with it.
  public func judge(_ event: FeedbackEvent, by ranking: LoggedRanking) -> Judgement {
    let time = UInt32(clamping: event.timestampSeconds)
    let shownAt = UInt32(clamping: ranking.timestampSeconds)
    let isLate = time > shownAt && time - shownAt > limits.attributionSeconds
    let isShown = ranking.userID == event.userID && ranking.items.contains { $0.tweetID == event.tweetID }
    return isShown && !isLate ? .counts : .unmatched
  }

  /// Whether a ranking is known.
  public func knows(ranking requestID: UInt64) -> Bool { rankings.has(requestID) }
}
