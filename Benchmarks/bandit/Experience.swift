import Feedback
import Ranking

/// What feedback has taught, by the way that it takes in a server: each answer and what its user did are entries of a
/// log, folded and published after every call, and looked up by the next.
struct Experience {
  /// Unix seconds of the first call; one more with each.
  private static let start: Int64 = 1_700_000_000

  private let fold = OfflineFold()

  /// What contextual policies learn from.
  var contextual: ContextualState { fold.contextual }

  /// Gives each candidate its arm.
  func lookUp(_ scratch: RankScratch) {
    fold.arms.lookUp(
      .init(start: scratch.ids, count: scratch.count), trials: scratch.armTrials, rewards: scratch.armRewards,
      expected: scratch.armExpected)
  }

  /// Records an answer, that all of it was seen, and which items were liked.
  ///
  /// - Parameters:
  ///   - call: number of the call.
  ///   - features: what the policy logs of the items; empty where what the ranker expected is not to be known.
  func record(call: Int, user: Int, _ answer: RankedTweets, features: [Int16], isLiked: [Bool]) {
    let (request, time) = (UInt64(call) + 1, Self.start + Int64(call))
    let items = answer.tweetIDs.indices.map { place in
      LoggedRanking.Item(
        tweetID: answer.tweetIDs[place], propensity: answer.propensities[place], score: answer.scores[place])
    }
    fold.apply(
      .ranking(
        LoggedRanking(
          requestID: request, userID: UInt64(user), timestampSeconds: time, policyVersion: "", modelVersion: "",
          items: items, features: features)))
    for (item, isLiked) in zip(items, isLiked) {
      for type in isLiked ? [EventType.impression, .like] : [.impression] {
        let event = FeedbackEvent(
          userID: UInt64(user), tweetID: item.tweetID, type: type.rawValue, timestampSeconds: time, requestID: request)
        fold.apply(.event(event, isUnmatched: false))
      }
    }
    fold.publish()
  }
}
