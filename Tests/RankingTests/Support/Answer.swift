import Ranking

/// A `RankedTweets` copied out of the scratch.
struct Answer: Equatable {
  let ids: [UInt64]
  let scores: [Float]
  let propensities: [Float]
  let familiarity: [Familiarity?]
  let explainedSignals: Int
  /// One row per tweet.
  let contributions: [[Float]]
  let values: [[Float]]
  let texts: [String]
  let userIsKnown: Bool
  let exploredPosition: Int
  let duplicatesRemoved: Int
  let valuesReplaced: Int

  init(_ ranked: RankedTweets) {
    func rows(_ table: UnsafeBufferPointer<Float>) -> [[Float]] {
      let width = ranked.explainedSignals
      return width == 0 ? [] : ranked.tweetIDs.indices.map { Array(table[$0 * width..<($0 + 1) * width]) }
    }
    ids = Array(ranked.tweetIDs)
    scores = Array(ranked.scores)
    propensities = Array(ranked.propensities)
    familiarity = ranked.familiarity.map { Familiarity(rawValue: $0) }
    explainedSignals = ranked.explainedSignals
    contributions = rows(ranked.contributions)
    values = rows(ranked.values)
    texts = ranked.texts.map { String(decoding: $0, as: UTF8.self) }
    userIsKnown = ranked.userIsKnown
    exploredPosition = ranked.exploredPosition
    duplicatesRemoved = ranked.duplicatesRemoved
    valuesReplaced = ranked.valuesReplaced
  }
}
