import Ranking
import Wire

extension WorkerMemory {
  /// What an effort has left out of a ranking, as its reply names it; where it came to nothing, nothing.
  func degradation(of query: RankQuery) -> Degradation {
    guard query.effort > .full else { return .none }
    let skipped = SkippedSignals.mask(
      query.effort, signals: model.signals, ofMoment: model.moment != nil, withNewTexts: !query.newTweets.isEmpty)
    return skipped == 0 ? .none : Degradation(level: UInt32(query.effort.rawValue), skippedSignals: skipped)
  }
}
