/// The signals that are left out of a ranking: none of them is computed, and each contributes 0 to every score.
public struct SkippedSignals: Equatable, Sendable {
  /// Bit s: the signal of raw value s.
  private var bits: UInt64 = 0

  /// Nothing is left out.
  public static let none = SkippedSignals([])

  private init(_ signals: [Signal]) {
    for signal in signals { bits |= 1 << UInt64(signal.rawValue) }
  }

  /// What an effort leaves out of every candidate. What it leaves out of some only, ``RankEffort/withoutNewTexts``, is not
  /// in it.
  ///
  /// - Parameter ofMoment: whether the model ranks as of the moment of a request.
  public init(_ effort: RankEffort, ofMoment: Bool) {
    let signals: [Signal] =
      switch (effort, ofMoment) {
      case (.full, _), (.withoutNewTexts, _): []
      case (.withoutNeighbours, false): Self.neighbours
      case (.withoutNeighbours, true): Self.engagers
      case (.priorsOnly, false): Self.neighbours + [.svd, .profile]
      case (.priorsOnly, true): Signal.ofMoment.filter { !Self.priors.contains($0) }
      }
    self.init(signals)
  }

  /// Whether a signal is left out.
  @inline(__always)
  public func contains(_ signal: Signal) -> Bool { bits >> UInt64(signal.rawValue) & 1 == 1 }

  /// What is left out of an answer, as bits by the place in `signals`.
  ///
  /// - Parameters:
  ///   - effort: what was asked of the ranking.
  ///   - signals: those of the model, in the order of an explanation.
  ///   - withNewTexts: whether there were tweets whose texts were left unread: then what reads texts has been left out too.
  public static func mask(_ effort: RankEffort, signals: [Signal], ofMoment: Bool, withNewTexts: Bool) -> UInt64 {
    var skipped = SkippedSignals(effort, ofMoment: ofMoment)
    if effort >= .withoutNewTexts, withNewTexts {
      skipped.bits |= SkippedSignals(ofMoment ? readers : [.profile]).bits
    }
    var mask: UInt64 = 0
    for (place, signal) in signals.enumerated().prefix(64) where skipped.contains(signal) { mask |= 1 << UInt64(place) }
    return mask
  }

  private static let neighbours: [Signal] = [.userNeighbours, .itemNeighbours]
  /// What is learned from those who engaged with a tweet.
  private static let engagers: [Signal] = [.likeReaders, .companions, .companionsMean, .tweetFactors]
  /// What is known of a tweet and its author whoever asks, without reading the tweet.
  static let priors: [Signal] = [
    .age, .tweetCount, .trendingHalfHour, .trendingSixHours, .velocity, .authorCount, .authorDay, .authorMonth,
    .authorRate, .authorPrior,
  ]
  /// What a text is read for.
  private static let readers: [Signal] = [
    .mentionsUser, .mentionAffinity, .mentionEdges, .mentionCount, .hashtagAffinity, .hashtagShare, .hashtagDay,
    .hashtagRate, .hashtagFactors, .interests, .interestsNow, .ownWriting, .topicsNow, .topics, .length,
  ]
}
