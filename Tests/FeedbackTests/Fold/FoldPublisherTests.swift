import Foundation
import Ranking
import Testing

@testable import Feedback

/// What readers see of a state.
@Suite struct FoldPublisherTests {
  private func wholeArm(_ publisher: FoldPublisher, _ tweet: UInt64) -> (UInt32, Float, expected: Float) {
    var (trials, reward, expected) = (UInt32(0), Float(0), Float(0))
    withUnsafePointer(to: tweet) {
      publisher.arms.lookUp(.init(start: $0, count: 1), trials: &trials, rewards: &reward, expected: &expected)
    }
    return (trials, reward, expected)
  }

  private func arm(_ publisher: FoldPublisher, _ tweet: UInt64) -> (trials: UInt32, reward: Float) {
    let arm = wholeArm(publisher, tweet)
    return (arm.0, arm.1)
  }

  private func scoring(_ publisher: FoldPublisher) -> ContextualScoring? {
    var copy: Published<ContextualScoring>.Copy?
    publisher.contextual?.refresh(&copy)
    return copy?.value
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
    let publisher = FoldPublisher(state, seed: 1, contextual: ContextualTerm())
    let noon = UInt32(FoldWorld.start / 86_400 * 86_400 + 43_200)
    for (i, entry) in FoldWorld(seed: UInt64(seed)).entries.enumerated() {
      state.apply(entry)
      if i == 100 { publisher.count(since: noon) }
      if i == 150 { state.trim() }
      guard i % 10 == 0 else { continue }
      publisher.publish()
      let fresh = FoldPublisher(state, seed: 2, contextual: ContextualTerm())
      fresh.count(since: publisher.since)
      #expect(fresh.arms.count == publisher.arms.count && fresh.tweets.count == publisher.tweets.count)
      for tweet in 0...140 {
        #expect(wholeArm(publisher, UInt64(tweet)) == wholeArm(fresh, UInt64(tweet)))
        #expect(activity(publisher, UInt64(tweet)) == activity(fresh, UInt64(tweet)))
      }
    }
    #expect(publisher.arms.count > 5)
    #expect((0...140).count { wholeArm(publisher, UInt64($0)).expected > 0 } > 5)
  }

  @Test("what is expected of an arm is the average over the items it is known of, times all trials")
  func expected() {
    let state = FoldedState()
    let publisher = FoldPublisher(state, seed: 1)
    // Probabilities of 1/2 and, by the ranking of linucb, of 1/(1 + e).
    for (request, features) in [(7, [0]), (8, [256, -32, 0, 0, 0, 0, 0, 0])] as [(UInt64, [Int16])] {
      state.apply(
        .ranking(
          LoggedRanking(
            requestID: request, userID: 1, timestampSeconds: 100_000, policyVersion: "p", modelVersion: "m",
            items: [.init(tweetID: 1, propensity: 1, score: 0)], features: features)))
      for type in [EventType.impression, .like] {
        state.apply(
          .event(
            FeedbackEvent(
              userID: 1, tweetID: 1, type: type.rawValue, timestampSeconds: 100_005, requestID: request),
            isUnmatched: false))
      }
    }
    for _ in 0..<2 { state.apply(event(.impression, at: 100_000)) }
    state.apply(event(.impression, tweet: 2, at: 100_000))
    publisher.publish()
    #expect(wholeArm(publisher, 1).0 == 4 && wholeArm(publisher, 2) == (1, 0, 0))
    #expect(abs(Double(wholeArm(publisher, 1).expected) - 4 * (0.5 + 1 / (1 + exp(1.0))) / 2) < 1e-6)
  }

  @Test("what linucb learned is published with every change of it, and of what events are worth")
  func contextual() throws {
    let term = ContextualTerm(bonus: 0.5)
    let state = FoldedState()
    let publisher = FoldPublisher(state, seed: 1, contextual: term)
    #expect(scoring(publisher) == ContextualScoring(ContextualState(), term))
    #expect(scoring(FoldPublisher(state, seed: 1)) == nil)
    for entry in FoldWorld(seed: 5).entries {
      state.apply(entry)
      publisher.publish()
      #expect(scoring(publisher) == ContextualScoring(state.contextual, term, rewards: state.weights))
    }
    #expect(state.contextual.trials > 10)
    let before = scoring(publisher)
    var weights = state.weights
    try weights.set(.like, to: 9)
    weights.setAtSeconds += 1
    state.apply(.rewards(weights))
    publisher.publish()
    #expect(scoring(publisher) != before)
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
