import Artifact
import Glibc
import Testing

@testable import Ranking
@testable import Training

@Suite("Fatigue, and what has happened since the model was trained")
struct FatigueTests {
  private let desk: StepDesk

  init() throws { desk = try StepDesk() }

  private func settings(_ tweet: Float, _ author: Float, halfLife: Double = 3_600) throws -> RankSteps {
    try desk.steps {
      $0.fatigue.tweet = tweet
      $0.fatigue.author = author
      $0.fatigue.halfLifeSeconds = halfLife
    }
  }

  private var now: Int64 { desk.model.moment?.asOf ?? 0 }

  /// Impressions of tweets so many seconds ago.
  private func shown(_ impressions: [(tweet: UInt64, ago: Int64)]) -> (LiveFacts) -> Void {
    { live in
      for (index, impression) in impressions.enumerated() {
        live.shownTweets[index] = impression.tweet
        live.shownTimes[index] = now - impression.ago
      }
      live.shownCount = impressions.count
    }
  }

  @Test("a tweet loses for each impression, half of it after the half-life, and the row still adds up")
  func tweets() throws {
    let steps = try settings(0.5, 0)
    #expect(steps.active == [.fatigue, .bandit])
    let plain = desk.rank(user: 3, steps)
    let tired = plain[0].tweet
    let rows = desk.rank(user: 3, steps, live: shown([(tired, 0), (tired, 3_600), (tired, 7_200), (77, 0)]))
    let row = try #require(rows.first { $0.tweet == tired })
    let column = row.values.count - 2
    #expect(abs(row.values[column] - 1.75) < 1e-5)
    #expect(abs(row.contributions[column] + 0.875) < 1e-5)
    for row in rows {
      #expect(row.contributions.dropFirst().reduce(row.contributions[0], +) == row.score)
      if row.tweet != tired { #expect(row.contributions[column] == 0 && row.values[column] == 0) }
    }
    #expect(rows.map(\.score) == rows.map(\.score).sorted(by: >))
  }

  @Test("an author loses for impressions of the other tweets, a tweet never twice for its own")
  func authors() throws {
    let steps = try settings(0.5, 0.125)
    let plain = desk.rank(user: 3, steps)
    let tired = plain[0].tweet
    let siblings = plain.filter { desk.author($0.tweet) == desk.author(tired) && $0.tweet != tired }
    try #require(!siblings.isEmpty)
    let rows = desk.rank(user: 3, steps, live: shown([(tired, 0), (siblings[0].tweet, 0)]))
    let column = plain[0].values.count - 2
    for row in rows {
      let expected: Float =
        row.tweet == tired || row.tweet == siblings[0].tweet
        ? -0.625 : desk.author(row.tweet) == desk.author(tired) ? -0.25 : 0
      #expect(row.contributions[column] == expected)
    }
  }

  @Test("who has not been shown anything ranks as without it, and times in the future do not tire more")
  func nothing() throws {
    let steps = try settings(0.5, 0.1)
    let without = desk.rank(user: 3, RankSteps())
    #expect(desk.rank(user: 3, steps).map(\.score) == without.map(\.score))
    let rows = desk.rank(user: 3, steps, live: shown([(without[0].tweet, -1_000_000)]))
    #expect(rows.first { $0.tweet == without[0].tweet }?.values[without[0].values.count - 1] == 1)
    // Off, impressions change nothing.
    #expect(desk.rank(user: 3, RankSteps(), live: shown([(without[0].tweet, 0)])).map(\.score) == without.map(\.score))
  }

  @Test("values out of range are refused with the value")
  func ranges() throws {
    #expect(throws: StepError.badValue(name: "fatigue", value: -1, expected: "in 0.0 to 100.0")) {
      try settings(-1, 0)
    }
    #expect(throws: StepError.badValue(name: "author-fatigue", value: 101, expected: "in 0.0 to 100.0")) {
      try settings(0, 101)
    }
    #expect(throws: StepError.badValue(name: "fatigue-half-life", value: 0, expected: "in 1.0 to 2592000.0")) {
      try settings(1, 0, halfLife: 0)
    }
    #expect(throws: (any Error).self) { try settings(.nan, 0) }
    #expect(try settings(0.5, 0.1, halfLife: 60).version == "fatigue=0.5:0.1:60.0")
  }

  @Test("engagements since the training add to the counts, decayed to the request")
  func liveCounts() throws {
    let names = desk.model.signals.map(\.name)
    let columns = try ["tweet_count", "trending_half_hour", "trending_six_hours"].map {
      try #require(names.firstIndex(of: $0))
    }
    let before = desk.rank(user: 3, RankSteps())
    let after = desk.rank(
      user: 3, RankSteps(),
      live: { live in
        (live.counts[4], live.quick[4], live.slow[4], live.times[4]) = (100, 80, 100, now - 1_800)
      })
    let tweet = EntityID.of("t4")
    let (old, new) = (
      try #require(before.first { $0.tweet == tweet }), try #require(after.first { $0.tweet == tweet })
    )
    for (column, added) in zip(columns, [100, 40, 100 * Float(exp2(-1.0 / 12))]) {
      let (former, present) = (expm1(Double(old.values[column])), expm1(Double(new.values[column])))
      #expect(abs(present - former - Double(added)) < 0.01 * Double(added), "\(names[column])")
    }
    #expect(new.score != old.score)
    for row in after where row.tweet != tweet {
      #expect(before.first { $0.tweet == row.tweet }?.score == row.score)
    }
  }

  @Test("what a user engaged with since the training becomes an interest, known to the model or not")
  func liveInterests() throws {
    let interests = try #require(desk.model.signals.map(\.name).firstIndex(of: "interests_now"))
    for user in [3, 1_000_000] {
      let before = desk.rank(user: user, RankSteps())
      let after = desk.rank(
        user: user, RankSteps(),
        live: { live in
          (live.engagedTweets[0], live.engagedTimes[0]) = (EntityID.of("t9"), now)
          (live.engagedTweets[1], live.engagedTimes[1]) = (12_345, now)
          live.engagedCount = 2
        })
      let (old, new) = (
        try #require(before.first { $0.tweet == EntityID.of("t9") }),
        try #require(after.first { $0.tweet == EntityID.of("t9") })
      )
      #expect(new.values[interests] > old.values[interests])
      if user == 1_000_000 { #expect(old.values[interests] == 0 && abs(new.values[interests] - 1) < 1e-4) }
    }
  }
}
