import Feedback
import Kernels
import Ranking

/// A million tweets with feedback, in the table that a server looks them up in, and calls for some of them: so many that no
/// cache holds them.
struct ManyArms {
  private static let tweets = 1_000_000
  private static let calls = 2_000

  private let fold: OfflineFold
  private let ids: [UInt64]
  private let candidates: Int

  /// Calls for so many candidates each.
  init(candidates: Int) {
    var limits = FoldLimits()
    limits.armDays = 2 * Self.tweets
    fold = OfflineFold(limits: limits)
    var generator = SeededGenerator(seed: 3)
    let known = (0..<Self.tweets).map { _ in generator.next() }
    for (place, tweet) in known.enumerated() {
      for type in place % 3 == 0 ? [EventType.impression, .like] : [.impression] {
        let event = FeedbackEvent(
          userID: UInt64(place % 1_000), tweetID: tweet, type: type.rawValue, timestampSeconds: 1_700_000_000,
          requestID: 0)
        fold.apply(.event(event, isUnmatched: false))
      }
    }
    fold.publish()
    ids = (0..<Self.calls * candidates).map { _ in known[generator.below(Self.tweets)] }
    self.candidates = candidates
  }

  /// Gives each candidate of a call an arm, of other tweets from call to call.
  func lookUp(call: Int, _ scratch: RankScratch) {
    let start = call % Self.calls * candidates
    ids[start..<start + candidates].withUnsafeBufferPointer { ids in
      fold.arms.lookUp(
        ids, trials: scratch.armTrials, rewards: scratch.armRewards, expected: scratch.armExpected)
    }
  }
}
