import Feedback
import Kernels
import Ranking

/// Rankings, and what their users do: three days in a row, as in a server with many users.
struct Traffic {
  private static let users: UInt64 = 200_000
  private static let tweets: UInt64 = 400_000
  private static let shown = 20
  private static let rankingsPerDay: UInt64 = 300_000

  /// Whether the server made the rankings that events name.
  let namesKnownRankings: Bool
  private var generator: SeededGenerator
  private var number: UInt64 = 0
  /// What is still to be said of the last ranking.
  private var pending: [FeedbackEvent] = []

  init(namesKnownRankings: Bool, seed: UInt64 = 1) {
    self.namesKnownRankings = namesKnownRankings
    generator = SeededGenerator(seed: seed)
  }

  /// The next events; `serve` gets each ranking before the first event that names it.
  mutating func next(_ count: Int, serve: (LoggedRanking) -> Void) -> [FeedbackEvent] {
    var events: [FeedbackEvent] = []
    events.reserveCapacity(count)
    while events.count < count {
      if pending.isEmpty { rank(serve) }
      if let event = pending.popLast() { events.append(event) }
    }
    return events
  }

  /// A number below the bound, small ones more often: the square of a uniform one.
  private mutating func skewed(_ bound: UInt64) -> UInt64 {
    let uniform = generator.next() >> 32
    return ((uniform &* uniform) >> 32) &* bound >> 32
  }

  /// A user is shown a list, sees its upper part, and does something with some of it.
  private mutating func rank(_ serve: (LoggedRanking) -> Void) {
    number += 1
    let time = Int64(1_700_006_400 + number * 86_400 / Self.rankingsPerDay)
    let (request, user) = (generator.next() | 1, skewed(Self.users) + 1)
    // Later tweets become known later.
    let newest = number * Self.tweets / (3 * Self.rankingsPerDay)
    let items = (0..<Self.shown).map { _ in
      LoggedRanking.Item(tweetID: skewed(Self.tweets) + newest + 1, propensity: 1, score: 0)
    }
    if namesKnownRankings {
      serve(
        LoggedRanking(
          requestID: request, userID: user, timestampSeconds: time, policyVersion: "prior-ucb", modelVersion: "m",
          items: items, features: (0..<Self.shown).map { Int16(-$0 * 32) }))
    }
    for item in items.prefix(6) {
      func add(_ type: EventType, after seconds: Int64) {
        pending.append(
          FeedbackEvent(
            userID: user, tweetID: item.tweetID, type: type.rawValue, timestampSeconds: time + seconds,
            requestID: request))
      }
      if generator.next() % 4 == 0 { add(.like, after: 20) }
      add(.impression, after: 2)
    }
  }
}
