import Kernels
import Ranking
import Training

/// Makes the ranker's task harder on purpose, in ways that a server meets every day, and lets it rank again. What is
/// hidden is hidden from the looks alone: tastes and weights stay as they were learned.
struct MadeSlices {
  /// Engagements that are left to a user of the last slice.
  static let kept = 3
  /// One in so many users has the history cut; more would take the engagements away that tell of the tweets.
  static let share: UInt64 = 5

  /// What is hidden, by name.
  private static let hidings: [(name: String, facts: HiddenFacts)] = [
    ("text only", .allButTexts), ("new author", .authors),
  ]

  let impressions: ImpressionList
  /// By name: scores of all candidates, and whether an impression is in the slice.
  private(set) var scores: [String: (values: [Float], isIn: [Bool])] = [:]

  init(_ impressions: ImpressionList) {
    self.impressions = impressions
    for hiding in Self.hidings {
      scores[hiding.name] = (
        .init(repeating: 0, count: impressions.tweets.count), .init(repeating: true, count: impressions.count)
      )
    }
  }

  /// Ranks an impression with facts hidden, at its moment.
  mutating func look(_ impression: Int, in world: EvaluationWorld) {
    for hiding in Self.hidings {
      rank(impression, in: world, hiding: hiding.facts, into: &scores[hiding.name, default: ([], [])].values)
    }
  }

  /// Ranks impressions of some users as if these had engaged three times; `order` is that of time. Only users who had
  /// engaged more often are looked at.
  mutating func cutHistories(_ order: [Int], _ past: [ReplayPast], _ world: EvaluationWorld, seed: UInt64) {
    let chosen = order.filter { impression in
      var draw = SeededGenerator(seed: seed &+ impressions.users[impression] &* 0x9E37_79B9_7F4A_7C15)
      return past[impression].user > Self.kept && draw.next() % Self.share == 0
    }
    let short = world.withShortHistories(of: Set(chosen.map { impressions.users[$0] }), kept: Self.kept)
    var values = [Float](repeating: 0, count: impressions.tweets.count)
    var isIn = [Bool](repeating: false, count: impressions.count)
    for impression in chosen {
      rank(impression, in: short, hiding: .nothing, into: &values)
      isIn[impression] = true
    }
    scores["three engagements"] = (values, isIn)
  }

  private func rank(
    _ impression: Int, in world: EvaluationWorld, hiding facts: HiddenFacts, into scores: inout [Float]
  ) {
    let range = impressions.candidates(of: impression)
    let seen = world.look(
      at: Array(impressions.tweets[range]), userID: impressions.users[impression],
      time: impressions.times[impression] ?? world.lastMoment, hiding: facts)
    scores.withUnsafeMutableBufferPointer { scores in
      guard let base = scores.baseAddress, range.upperBound <= scores.count else { return }
      world.result.blend.score(seen, count: range.count, into: base + range.lowerBound)
    }
  }
}
