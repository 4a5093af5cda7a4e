import Testing

@testable import Evaluation

@Suite("A log joined into lists")
struct ListJoinTests {
  private func list(
    _ request: UInt64, _ items: [UInt64], of candidates: [UInt64], propensities: [Float]? = nil
  ) -> ShownList {
    ShownList(
      requestID: request, userID: 7, time: Int64(1_000 + request), policyVersion: "p", modelVersion: "m",
      items: items.enumerated().map {
        .init(tweetID: $1, propensity: propensities?[$0] ?? 0.5, score: 0)
      }, candidates: candidates)
  }

  private func join(_ rewards: ClosedRange<Double> = -1...1, positions: Int = 10) -> ListJoin {
    ListJoin(target: UniformTarget(), rewards: rewards, positions: positions)
  }

  @Test("rewards of an item add up and are held within the range; the target's probability is of its own position")
  func rewards() throws {
    var join = join()
    join.show(list(1, [10, 11], of: [11, 12, 10, 13]))
    join.record(requestID: 1, tweetID: 10, isImpression: true, reward: 0)
    for reward in [0.5, 1, -0.75] { join.record(requestID: 1, tweetID: 11, isImpression: false, reward: reward) }
    join.record(requestID: 1, tweetID: 10, isImpression: false, reward: 0.8)
    join.record(requestID: 1, tweetID: 10, isImpression: false, reward: 0.8)
    let (lists, counts) = try join.finish()
    #expect(lists.count == 1 && lists.positions == 2)
    #expect(lists.rows.map(\.reward) == [1, 0.75])
    #expect(lists.rows.map(\.target) == [0.25, 0.25] && lists.rows.map(\.propensity) == [0.5, 0.5])
    #expect(counts.events == 6 && counts.heldRewards == 1 && counts.unjoined == 0)
    #expect(join.firstTime == 1_001 && join.policies == ["p": 1])
  }

  @Test("a list counts that somebody has seen, whatever came of it")
  func seen() throws {
    var join = join()
    for request in UInt64(1)...3 { join.show(list(request, [10, 11], of: [10, 11, 12])) }
    join.record(requestID: 1, tweetID: 10, isImpression: false, reward: 1)
    join.record(requestID: 2, tweetID: 11, isImpression: true, reward: 0)
    let (lists, counts) = try join.finish()
    #expect(lists.count == 1 && lists.rows.map(\.reward) == [0, 0])
    #expect(counts.lists == 3 && counts.withoutImpression == 2)
  }

  @Test("what comes for lists and items that are not there is counted and changes nothing")
  func strangers() throws {
    var join = join()
    join.show(list(1, [10], of: [10, 11]))
    join.record(requestID: 1, tweetID: 10, isImpression: true, reward: 0)
    join.record(requestID: 1, tweetID: 11, isImpression: false, reward: 1)
    join.record(requestID: 2, tweetID: 10, isImpression: false, reward: 1)
    join.record(requestID: 1, tweetID: 10, isImpression: false, reward: .nan)
    join.record(requestID: 1, tweetID: 10, isImpression: false, reward: .infinity)
    let (lists, counts) = try join.finish()
    #expect(lists.rows.map(\.reward) == [0] && counts.unjoined == 2)
  }

  @Test("lists that cannot have been shown are left out and counted")
  func contradictions() throws {
    var join = join()
    join.show(list(1, [10, 10], of: [10, 11]))
    join.show(list(2, [10, 99], of: [10, 11]))
    join.show(list(3, [10], of: [10, 11, 10]))
    join.show(list(4, [10], of: []))
    for (request, propensity) in zip(UInt64(5)..., [0, -1, 1.5, Float.nan, .infinity]) {
      join.show(list(request, [10], of: [10, 11], propensities: [propensity]))
    }
    for time in [Int64.min, .max] {
      var other = list(30, [10], of: [10, 11])
      other.time = time
      join.show(other)
    }
    join.show(list(20, [10], of: [10, 11]))
    join.show(list(20, [11], of: [10, 11]))
    join.record(requestID: 20, tweetID: 10, isImpression: true, reward: 0)
    let (lists, counts) = try join.finish()
    #expect(lists.count == 1 && counts.inconsistent == 11 && counts.withoutCandidates == 1 && counts.lists == 13)
    #expect(throws: CounterfactualError.empty) { try ListComparison().run(LoggedLists(), threads: 1) }
  }

  @Test("positions beyond the first ones do not count, but seeing them counts as seeing the list")
  func positions() throws {
    var join = join(positions: 2)
    join.show(list(1, [10, 11, 12], of: [10, 11, 12]))
    join.record(requestID: 1, tweetID: 12, isImpression: true, reward: 0)
    join.record(requestID: 1, tweetID: 12, isImpression: false, reward: 1)
    let (lists, counts) = try join.finish()
    #expect(lists.rows.map(\.position) == [1, 2] && lists.rows.map(\.reward) == [0, 0])
    #expect(counts.beyond == 2 && counts.events == 0 && counts.unjoined == 0)
  }

  @Test("no forecast knows what its list has earned")
  func honest() throws {
    func forecasts(_ rewards: [Double]) throws -> [Double] {
      var join = join()
      for (request, reward) in zip(UInt64(1)..., rewards) {
        join.show(list(request, [10, 11], of: [10, 11, 12]))
        join.record(requestID: request, tweetID: 10, isImpression: true, reward: 0)
        join.record(requestID: request, tweetID: 10, isImpression: false, reward: reward)
      }
      return try join.finish().lists.rows.flatMap { [$0.predicted, $0.expected] }
    }
    let (a, b) = (try forecasts([1, 0, 1, 1, 0]), try forecasts([1, 0, 1, 1, 1]))
    #expect(a == b && Set(a).count > 4)
    #expect(a.prefix(4).allSatisfy { $0 == 0 })
  }

  @Test("a tweet that earns more than others is forecast to, most where it is looked at most")
  func forecast() {
    var forecast = RewardForecast()
    #expect(forecast.worth(of: 1) == 0 && forecast.examination(at: 1) == 1)
    for round in 0..<400 {
      for (place, tweet) in [UInt64(1), 2, 3].enumerated() {
        forecast.show(tweet, at: place + 1)
        // Tweets 1 and 2 are alike, but 2 stands where it is looked at half as often; nobody likes 3.
        let isLiked = tweet == 1 ? round % 2 == 0 : tweet == 2 ? round % 4 == 0 : round % 40 == 0
        forecast.reward(tweet, at: place + 1, from: 0, to: isLiked ? 1 : 0)
      }
    }
    #expect(forecast.examination(at: 1) > 1.4 * forecast.examination(at: 2))
    #expect(abs(forecast.worth(of: 1) * forecast.examination(at: 1) - 0.5) < 0.05)
    #expect(forecast.worth(of: 9) > 0 && forecast.examination(at: 9) > 0)
    // What was taken back was never there.
    var other = forecast
    other.reward(1, at: 1, from: 0, to: -1)
    #expect(other.worth(of: 1) < forecast.worth(of: 1))
    other.reward(1, at: 1, from: -1, to: 0)
    #expect(abs(other.worth(of: 1) - forecast.worth(of: 1)) < 1e-12)
  }
}
