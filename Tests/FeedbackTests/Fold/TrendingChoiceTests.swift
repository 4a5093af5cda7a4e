import Foundation
import Ranking
import Testing

@testable import Feedback

/// The tweets that are engaged with most, without looking at all of them.
@Suite struct TrendingChoiceTests {
  /// All known, most first, of equals the smaller id: what a choice should begin like.
  private func sorted(_ all: [UInt64: LiveTweets.Activity]) -> [UInt64] {
    func place(_ it: LiveTweets.Activity) -> Double { log2(Double(it.quick)) + Double(it.time) / 1_800 }
    return all.filter { $0.value.quick > 0 }.sorted {
      (-place($0.value), $0.key) < (-place($1.value), $1.key)
    }.map(\.key)
  }

  @Test("is that of all tweets sorted, whatever rises, falls, ties and vanishes", arguments: 0..<6)
  func equalsSorting(seed: Int) {
    var random = SmallRandom(UInt64(seed))
    var choice = TrendingChoice()
    var all: [UInt64: LiveTweets.Activity] = [:]
    let tweets = [60, 300, 3_000][seed % 3]
    for round in 0..<80 {
      for _ in 0..<random.below(400) {
        let tweet = UInt64(random.below(tweets))
        var activity = LiveTweets.Activity()
        // Few values, so that many are equal; every tenth tweet falls, and every twentieth is gone.
        let kind = random.below(20)
        activity.quick = kind == 0 ? 0 : Float(1 + random.below(4))
        activity.time = kind == 0 ? 0 : UInt32(1_700_000_000 + 1_800 * (kind < 3 ? 0 : round))
        all[tweet] = activity
        choice.note(tweet, activity)
      }
      let best = choice.best { choice in for (tweet, activity) in all { choice.note(tweet, activity) } }
      #expect(best == Array(sorted(all).prefix(TrendingTweets.count)))
      #expect(!choice.hasChanged)
    }
  }

  @Test("a tweet that stays as it is, or is far from the best, changes nothing")
  func quiet() {
    var choice = TrendingChoice()
    for tweet in 0..<1_000 as Range<UInt64> {
      choice.note(tweet, .init(engagements: 1, time: UInt32(9_000 + tweet), quick: 5, slow: 5))
    }
    #expect(choice.best { _ in Issue.record("looked at all") }.first == 999)
    choice.note(999, .init(engagements: 7, time: 9_999, quick: 5, slow: 6))
    choice.note(5_000, .init(engagements: 1, time: 1_800, quick: 1, slow: 1))
    #expect(!choice.hasChanged)
    choice.note(5_000, .init(engagements: 1, time: 1_800, quick: 1_000, slow: 1))
    #expect(choice.hasChanged)
    #expect(choice.best { _ in Issue.record("looked at all") }.first == 5_000)
  }

  @Test("the service publishes it within a while after the last event, also when no other comes, and after a restart")
  func published() throws {
    let folder = TemporaryFolder()
    let first = try FeedbackService(log: folder.log())
    #expect(first.trending.ids.isEmpty)
    for count in 1...3 {
      // All at once, so that most changes come within the second in which nothing is published.
      for tweet in 0..<(30 * count) { _ = submitAndWait(first, [event(UInt64(tweet), at: Int64(7_200 + 10 * count))]) }
    }
    let expected = Array(UInt64(0)..<64)
    while first.trending.ids != expected { usleep(10_000) }
    first.close()
    let second = try FeedbackService(log: folder.log())
    #expect(second.trending.ids == expected)
    second.close()
  }

  private func event(_ tweet: UInt64, at time: Int64) -> FeedbackEvent {
    FeedbackEvent(userID: 1, tweetID: tweet, type: 3, timestampSeconds: time, requestID: 0)
  }
}
