import Ranking
import Testing

@testable import Feedback

/// What is learned from the features of what was shown.
@Suite struct FoldFeatureTests {
  /// What counts of the entries, found by looking at all of them at once: events that name rankings, without repetition.
  private struct Plain {
    /// Of a tweet: units and trials.
    var expected: [UInt64: (units: Int64, trials: UInt32)] = [:]
    var contextual = ContextualState()

    init(_ entries: [LogEntry], knowing known: (UInt64) -> Bool = { _ in true }) {
      var rankings: [UInt64: LoggedRanking] = [:]
      for case .ranking(let ranking) in entries where known(ranking.requestID) { rankings[ranking.requestID] = ranking }
      var types: [TimedID: Set<EventType>] = [:]
      var features: [TimedID: ArraySlice<Int16>] = [:]
      for case .event(let event, _) in entries {
        guard let ranking = rankings[event.requestID], let type = EventType(rawValue: event.type),
          event.userID == ranking.userID, event.timestampSeconds <= ranking.timestampSeconds + 86_400,
          let place = ranking.items.firstIndex(where: { $0.tweetID == event.tweetID })
        else { continue }
        let width = ranking.features.count / ranking.items.count
        // Requests of the world are numbers times 2^32 + 1.
        let item = TimedID(time: UInt32(truncatingIfNeeded: event.requestID), id: event.tweetID)
        types[item, default: []].insert(type)
        features[item] = ranking.features[place * width..<(place + 1) * width]
      }
      for (item, types) in types {
        guard let features = features[item] else { continue }
        for (i, type) in types.enumerated() { contextual.apply(features, type, isTrial: i == 0) }
        guard let units = ExpectedEngagements.units(features) else { continue }
        expected[item.id, default: (0, 0)].units += units
        expected[item.id, default: (0, 0)].trials += 1
      }
    }
  }

  private func expect(_ state: FoldedState, is plain: Plain) {
    for tweet in 0...140 as ClosedRange<UInt64> {
      let (counts, expected) = (state.counts(of: tweet), plain.expected[tweet] ?? (0, 0))
      #expect(counts.expectedUnits == expected.units && counts.expectedTrials == expected.trials, "tweet \(tweet)")
    }
    #expect(state.contextual == plain.contextual)
  }

  @Test("each item that was shown is one trial, whatever was said of it, in whatever order", arguments: 0..<10)
  func trials(seed: Int) {
    let entries = FoldWorld(seed: UInt64(seed)).entries
    let plain = Plain(entries)
    #expect(plain.expected.count > 10 && plain.contextual.trials > 10)
    expect(folded(entries), is: plain)
    expect(folded(entries.reversed()), is: plain)
  }

  @Test("when rankings are forgotten, those that stay keep their own features")
  func forgottenRankings() {
    let entries = FoldWorld(seed: 2).entries
    var limits = FoldLimits()
    limits.rankings = 10
    let rankings = entries.filter { if case .ranking = $0 { true } else { false } }
    let state = folded(rankings, limits: limits)
    _ = state.digest()
    #expect(state.rankings.count == 10)
    for case .event(let event, let isUnmatched) in entries where state.knows(ranking: event.requestID) {
      state.apply(.event(event, isUnmatched: isUnmatched))
    }
    let plain = Plain(entries, knowing: state.knows(ranking:))
    #expect(plain.contextual.trials > 0)
    expect(state, is: plain)
  }

  @Test("what was expected goes with its day")
  func forgottenDays() {
    func day(_ day: Int64, like isLiked: Bool) -> [LogEntry] {
      let ranking = LoggedRanking(
        requestID: UInt64(day), userID: 1, timestampSeconds: day * 86_400, policyVersion: "p", modelVersion: "m",
        items: [.init(tweetID: 1, propensity: 1, score: 0)], features: [0])
      let event = FeedbackEvent(
        userID: 1, tweetID: 1, type: isLiked ? 3 : 1, timestampSeconds: day * 86_400 + 5, requestID: UInt64(day))
      return [.ranking(ranking), .event(event, isUnmatched: false)]
    }
    var limits = FoldLimits()
    limits.armDays = 8
    let state = folded((1...100).flatMap { day($0, like: $0 % 2 == 0) }, limits: limits)
    _ = state.digest()
    let counts = state.counts(of: 1)
    #expect(counts.expectedTrials == 8 && counts[.like] == 4 && counts[.impression] == 4)
    #expect(counts.expectedPerTrial == 0.5)
  }
}
