/// The signals that are left out of a ranking: none of them is computed, and each contributes 0 to every score.
public struct SkippedSignals: Equatable, Sendable {
  /// Bit s: the signal of raw value s.
  private var bits: UInt64 = 0

  /// Nothing is left out.
  public static let none = SkippedSignals([])

  private init(_ signals: [Signal]) {
    for signal in signals { bits |= 1 << UInt64(signal.rawValue) }
  }

  private func union(_ other: SkippedSignals) -> SkippedSignals {
    var union = self
    union.bits |= other.bits
    return union
  }

  /// What an effort leaves out of every candidate. What it leaves out of some only, ``RankEffort/withoutNewTexts``, is not
  /// in it.
  ///
  /// - Parameter ofMoment: whether the model ranks as of the moment of a request.
  public init(_ effort: RankEffort, ofMoment: Bool) {
    self =
      switch (effort, ofMoment) {
      case (.full, _), (.withoutNewTexts, _): .none
      case (.withoutNeighbours, false): Self.neighbours
      case (.withoutNeighbours, true): Self.engagers
      case (.priorsOnly, false): Self.allButNumbers
      case (.priorsOnly, true): Self.allButPriors
      }
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
    if effort >= .withoutNewTexts, withNewTexts { skipped = skipped.union(ofMoment ? readers : texts) }
    var mask: UInt64 = 0
    for (place, signal) in signals.enumerated().prefix(64) where skipped.contains(signal) { mask |= 1 << UInt64(place) }
    return mask
  }

  // Made once: an answer must not build sets.
  private static let neighbours = SkippedSignals([.userNeighbours, .itemNeighbours])
  /// Of a recipe without moment: all but what is one number of a tweet.
  private static let allButNumbers = SkippedSignals([.userNeighbours, .itemNeighbours, .svd, .profile])
  /// What is learned from those who engaged with a tweet.
  private static let engagers = SkippedSignals([.likeReaders, .companions, .companionsMean, .tweetFactors])
  /// All but what is known of a tweet and its author whoever asks, without reading the tweet.
  private static let allButPriors = SkippedSignals(
    Signal.ofMoment.filter {
      switch $0 {
      case .age, .tweetCount, .trendingHalfHour, .trendingSixHours, .velocity, .authorCount, .authorDay, .authorMonth,
        .authorRate, .authorPrior:
        false
      default: true
      }
    })
  /// What the text of a tweet is compared with, without moment.
  private static let texts = SkippedSignals([.profile])
  /// What a text is read for, as of a moment.
  private static let readers = SkippedSignals([
    .mentionsUser, .mentionAffinity, .mentionEdges, .mentionCount, .hashtagAffinity, .hashtagShare, .hashtagDay,
    .hashtagRate, .hashtagFactors, .interests, .interestsNow, .ownWriting, .topicsNow, .topics, .length,
  ])
}
