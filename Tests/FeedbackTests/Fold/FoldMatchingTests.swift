import Ranking
import Testing

@testable import Feedback

/// Which events count.
@Suite struct FoldMatchingTests {
  private let ranking = LoggedRanking(
    requestID: 77, userID: 5, timestampSeconds: 1_000_000, policyVersion: "p", modelVersion: "m",
    items: (1...3).map { .init(tweetID: $0, propensity: 1, score: 0) })

  private func event(
    _ type: EventType = .like, tweet: UInt64 = 1, user: UInt64 = 5, request: UInt64 = 77, at time: Int64 = 1_000_100
  ) -> FeedbackEvent {
    FeedbackEvent(userID: user, tweetID: tweet, type: type.rawValue, timestampSeconds: time, requestID: request)
  }

  private func entry(_ event: FeedbackEvent) -> LogEntry { .event(event, isUnmatched: false) }

  @Test("an event about a ranking that is unknown, not the user's, of another tweet or too old is not counted")
  func F33_foreignFeedback() {
    let state = folded([.ranking(ranking)])
    let cases: [(FeedbackEvent, FoldedState.Judgement)] = [
      (event(), .counts),
      (event(at: 1_000_000 + 86_400), .counts),
      (event(at: 999_000), .counts),
      (event(at: 1_000_001 + 86_400), .unmatched),
      (event(user: 6), .unmatched),
      (event(tweet: 4), .unmatched),
      (event(request: 78), .unknownRanking),
      (event(tweet: 9, user: 9, request: 0), .counts),
    ]
    for (event, judgement) in cases {
      #expect(state.judge(event) == judgement)
      if event.requestID == 77 { #expect(state.judge(event, by: ranking) == judgement) }
      let one = folded([.ranking(ranking), entry(event)])
      let isCounted = judgement == .counts
      #expect(one.counts(of: event.tweetID)[.like] == (isCounted ? 1 : 0))
      #expect((one.trends[event.tweetID] != nil) == isCounted)
      #expect(one.users.count == (isCounted ? 1 : 0))
    }
  }

  @Test("of copies that say different times the earliest counts, whichever came first")
  func earliestTime() throws {
    let times: [Int64] = [1_000_100, 1_007_300, 1_000_900]
    for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0], [1, 2, 0]] {
      let state = folded([.ranking(ranking)] + order.map { entry(event(at: times[$0])) })
      var expected = Trend(newest: 1_000_100)
      expected.count(at: 1_000_100)
      // It was still known of then.
      expected.reach(1_007_300)
      #expect(try #require(state.trends[1]) == expected, "\(order)")
      #expect(state.counts(of: 1)[.like] == 1)
    }
  }

  @Test("an event that came before its ranking counts once the ranking is there, once")
  func waiting() {
    let state = folded([entry(event()), entry(event()), entry(event(user: 6)), entry(event(.report))])
    #expect(state.counts(of: 1).isEmpty && state.waiting.count == 3)
    state.apply(.ranking(ranking))
    #expect(state.counts(of: 1)[.like] == 1 && state.counts(of: 1)[.report] == 1 && state.waiting.count == 0)
  }

  @Test("nobody's report, and none that does not count, stands in the way of one that does")
  func forgedFirst() {
    let forged = [event(user: 6), event(at: 9_000_000), event(tweet: 4)]
    for isRankingFirst in [true, false] {
      let state = folded((isRankingFirst ? [.ranking(ranking)] : []) + forged.map { entry($0) })
      if !isRankingFirst { state.apply(.ranking(ranking)) }
      #expect(state.judge(event()) == .counts)
      state.apply(entry(event()))
      #expect(state.counts(of: 1)[.like] == 1 && state.judge(event()) == .duplicate)
      // The same again is recorded no more, forged or not.
      for event in forged { #expect(state.judge(event) == .duplicate) }
    }
  }

  @Test("waiting events are bounded; the newest stay")
  func waitingIsBounded() {
    var limits = FoldLimits()
    limits.waitingEvents = 16
    let state = folded((0..<500).map { entry(event(tweet: UInt64($0), at: Int64($0))) }, limits: limits)
    #expect(state.waiting.count <= 18)
    _ = state.digest()
    #expect(state.waiting.sorted().map(\.timestampSeconds) == Array(484..<500))
  }

  @Test("an event that comes a thousand times, in any order among others, is counted once")
  func F34_duplicates() {
    var random = SmallRandom(4)
    let kinds: [EventType] = [.impression, .like, .hide]
    var entries: [LogEntry] = [.ranking(ranking)]
    for tweet in 1...3 as ClosedRange<UInt64> {
      for kind in kinds { entries += repeatElement(entry(event(kind, tweet: tweet)), count: 1_000) }
    }
    let once = folded([.ranking(ranking)] + (1...3).flatMap { t in kinds.map { entry(event($0, tweet: t)) } })
    for _ in 0..<3 {
      entries.shuffle(using: &random)
      let state = folded(entries)
      for tweet in 1...3 as ClosedRange<UInt64> {
        #expect(EventType.allCases.map { state.counts(of: tweet)[$0] } == [1, 0, 1, 0, 0, 0, 1, 0])
      }
      #expect(state.digest() == once.digest())
      #expect(state.judge(event()) == .duplicate)
    }
  }

  @Test("types of later versions and entries of id 0 are taken without harm")
  func laterVersions() {
    var unknown = event(request: 0)
    for type in [0, 9, 200, UInt32.max] {
      unknown.type = type
      #expect(folded([entry(unknown)]).digest() == FoldedState().digest())
      unknown.requestID = 77
      #expect(folded([.ranking(ranking), entry(unknown)]).digest() == folded([.ranking(ranking)]).digest())
      unknown.requestID = 0
    }
    var nameless = ranking
    nameless.requestID = 0
    #expect(folded([.ranking(nameless)]).digest() == FoldedState().digest())
    for time in [Int64.min, -1, 0, Int64(UInt32.max), Int64.max] {
      #expect(folded([entry(event(request: 0, at: time))]).counts(of: 1)[.like] == 1)
    }
  }

  @Test("counters stop at their largest value")
  func saturation() {
    var counts = ArmCounts()
    counts[.like] = .max - 1
    counts.count(.like)
    counts.count(.like)
    counts[.reply] = .max
    #expect(counts[.like] == .max && counts.trials == .max)
  }

  @Test("a user's lists hold the newest, each engaged tweet once, impressions each time")
  func userLists() {
    let state = FoldedState()
    let live = LiveFacts(capacity: 1)
    for i in 0..<100 as Range<Int64> {
      state.apply(entry(event(.like, tweet: UInt64(i % 40), request: 0, at: i)))
      state.apply(entry(event(.impression, tweet: UInt64(i % 40), request: 0, at: i)))
    }
    for (since, kept) in [(UInt32(0), 32), (90, 10), (200, 0)] {
      state.users.lookUp(5, since: since, into: live)
      #expect(live.engagedCount == kept && live.shownCount == 64)
      for i in 0..<live.engagedCount {
        #expect(live.engagedTimes[i] == 99 - Int64(i) && live.engagedTweets[i] == UInt64(99 - i) % 40)
      }
      for i in 0..<live.shownCount {
        #expect(live.shownTimes[i] == 99 - Int64(i) && live.shownTweets[i] == UInt64(99 - i) % 40)
      }
    }
    state.users.lookUp(6, since: 0, into: live)
    #expect(live.engagedCount == 0 && live.shownCount == 0)
  }
}
