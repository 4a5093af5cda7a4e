import Ranking

extension ServedRankings {
  /// Keeps an answer of which nothing is at hand but what the log would have of it.
  package func add(_ ranking: LoggedRanking, worker: Int = 0) {
    let versions = number(policy: ranking.policyVersion, model: ranking.modelVersion)
    withColumns(of: ranking) { ranked in
      ranking.candidates.withUnsafeBufferPointer { candidates in
        ranking.features.withUnsafeBufferPointer { features in
          let answer = Answer(
            versions: versions, userID: ranking.userID, timestampSeconds: ranking.timestampSeconds, ranked: ranked,
            items: ranking.items.count, candidates: candidates, features: features)
          add(answer, worker: worker)
        }
      }
    }
  }

  private func withColumns(of ranking: LoggedRanking, _ body: (RankedTweets) -> Void) {
    ranking.items.map(\.tweetID).withUnsafeBufferPointer { ids in
      ranking.items.map(\.score).withUnsafeBufferPointer { scores in
        ranking.items.map(\.propensity).withUnsafeBufferPointer { propensities in
          let none = UnsafeBufferPointer<Float>(start: nil, count: 0)
          body(
            RankedTweets(
              requestID: ranking.requestID, tweetIDs: ids, scores: scores, propensities: propensities,
              familiarity: .init(start: nil, count: 0), explainedSignals: 0, contributions: none, values: none,
              texts: .init(start: nil, count: 0), userIsKnown: false, exploredPosition: 0, duplicatesRemoved: 0,
              valuesReplaced: 0))
        }
      }
    }
  }
}
