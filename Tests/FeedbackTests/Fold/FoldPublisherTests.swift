import Foundation
import Ranking
import Testing

@testable import Feedback

/// What readers see of a state.
@Suite struct FoldPublisherTests {
  private func arm(_ publisher: FoldPublisher, _ tweet: UInt64) -> (trials: UInt32, reward: Float) {
    var (trials, reward) = (UInt32(0), Float(0))
    withUnsafePointer(to: tweet) {
      publisher.arms.lookUp(.init(start: $0, count: 1), trials: &trials, rewards: &reward)
    }
    return (trials, reward)
  }

  private func activity(_ publisher: FoldPublisher, _ tweet: UInt64) -> LiveTweets.Activity {
    let live = LiveFacts(capacity: 1)
    withUnsafePointer(to: tweet) { publisher.tweets.lookUp(.init(start: $0, count: 1), into: live) }
    return .init(engagements: live.counts[0], time: UInt32(live.times[0]), quick: live.quick[0], slow: live.slow[0])
  }

  private func event(_ type: EventType, tweet: UInt64 = 1, at time: Int64, user: UInt64 = 1) -> LogEntry {
    .event(
      FeedbackEvent(userID: user, tweetID: tweet, type: type.rawValue, timestampSeconds: time, requestID: 0),
      isUnmatched: false)
  }

  @Test("after every change readers see what a publisher made anew would show", arguments: 0..<6)
  func equalsMadeAnew(seed: Int) {
    let limits = seed % 2 == 0 ? FoldLimits() : FoldWorld.tight
    let state = FoldedState(limits: limits)
    let publisher = FoldPublisher(state, seed: 1)
    let noon = UInt32(FoldWorld.start / 86_400 * 86_400 + 43_200)
    for (i, entry) in FoldWorld(seed: UInt64(seed)).entries.enumerated() {
      state.apply(entry)
      if i == 100 { publisher.count(since: noon) }
      if i == 150 { state.trim() }
      guard i % 10 == 0 else { continue }
      publisher.publish()
      let fresh = FoldPublisher(state, seed: 2)
      fresh.count(since: publisher.since)
      #expect(fresh.arms.count == publisher.arms.count && fresh.tweets.count == publisher.tweets.count)
      for tweet in 0...140 {
        #expect(arm(publisher, UInt64(tweet)) == arm(fresh, UInt64(tweet)))
        #expect(activity(publisher, UInt64(tweet)) == activity(fresh, UInt64(tweet)))
      }
    }
    #expect(publisher.arms.count > 5)
  }

  @Test("when what events are worth changes, all arms change; negative rewards count")
  func newWeights() throws {
    let state = FoldedState()
    let publisher = FoldPublisher(state, seed: 1)
    for (tweet, type) in [(UInt64(1), EventType.like), (2, .hide), (3, .impression)] {
      state.apply(event(type, tweet: tweet, at: 5))
      state.apply(event(type, tweet: tweet, at: 6))
    }
    publisher.publish()
    #expect(arm(publisher, 1) == (2, 0.8) && arm(publisher, 2) == (2, -1) && arm(publisher, 3) == (2, 0))
    var weights = RewardWeights()
    try weights.set(.like, to: -3)
    weights.setAtSeconds = 10
    state.apply(.rewards(weights))
    publisher.publish()
    #expect(arm(publisher, 1) == (2, -6) && arm(publisher, 2) == (2, -1))
    // An earlier setting that is learned of later changes nothing.
    weights.setAtSeconds = 9
    try weights.set(.like, to: 7)
    state.apply(.rewards(weights))
    publisher.publish()
    #expect(arm(publisher, 1) == (2, -6))
  }

  @Test("counts decay from the newest engagement on: by half in half an hour, and in six hours")
  func decay() {
    let state = FoldedState()
    let publisher = FoldPublisher(state, seed: 1)
    let start: Int64 = 1_700_000_000 / 3_600 * 3_600
    state.apply(event(.like, at: start))
    publisher.publish()
    #expect(activity(publisher, 1).time == UInt32(start))
    #expect(activity(publisher, 1).quick == 1 && activity(publisher, 1).slow == 1)
    state.apply(event(.impression, at: start + 60))
    state.apply(event(.hide, at: start + 60))
    state.apply(event(.reply, at: start + 21_600))
    publisher.publish()
    // The first is 12 half-lives away, out of the fine buckets' sight; in the coarse one it stands at its hour's middle.
    let now = activity(publisher, 1)
    #expect(now.engagements == 2 && now.time == UInt32(start + 21_600) && now.quick == 1)
    #expect(abs(Double(now.slow) - 1 - exp2(-19_800.0 / 21_600)) < 1e-6)
    state.apply(event(.click, at: start + 21_600 + 1_800))
    publisher.publish()
    #expect(abs(Double(activity(publisher, 1).quick) - 1 - exp2(-1_650.0 / 1_800)) < 1e-6)
  }

  @Test("what the model was trained on is not counted again")
  func countSince() {
    let state = FoldedState()
    let publisher = FoldPublisher(state, seed: 1)
    let day: Int64 = 1_700_000_000 / 86_400 * 86_400
    // Two days before, three at 9:30, five at 12:15, one the next day.
    for time in [-100_000, 34_200, 34_200, 34_200, 44_100, 44_100, 44_100, 44_100, 44_100, 90_000] {
      state.apply(event(.like, at: day + Int64(time)))
    }
    publisher.publish()
    #expect(activity(publisher, 1).engagements == 10)
    for (since, expected) in [(0, 9), (32_400, 9), (34_000, 6), (43_200, 6), (44_000, 1), (86_400, 1), (180_000, 0)] {
      publisher.count(since: UInt32(day + Int64(since)))
      #expect(activity(publisher, 1).engagements == UInt32(expected), "since \(since)")
      state.apply(event(.like, tweet: 2, at: day + 90_000))
      publisher.publish()
    }
    #expect(activity(publisher, 1) == LiveTweets.Activity(), "nothing is left of it")
    publisher.count(since: 0)
    #expect(activity(publisher, 1).engagements == 10)
  }
}
