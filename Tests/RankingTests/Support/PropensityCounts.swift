import Kernels

@testable import Ranking

/// How often each candidate of one question came to each position, and the propensity that it then had.
struct PropensityCounts {
  /// [candidate][position]
  private(set) var counts: [[Double]]
  /// What was told; 0 where never. [candidate][position]
  private(set) var propensities: [[Float]]
  /// Whether the same item at the same position always had the same propensity.
  private(set) var isConsistent = true
  /// Positions shown.
  let places: Range<Int>
  private let calls: Double

  /// Ranks one question over and over. Some candidates have feedback, none has the same.
  init(
    _ rule: BanditPolicy.Rule, _ shape: (count: Int, limit: Int, slot: Int, epsilon: Double), seed: UInt64, calls: Int
  ) throws {
    let count = shape.count
    places = 0..<(shape.limit == 0 ? count : shape.limit)
    self.calls = Double(calls)
    counts = .init(repeating: .init(repeating: 0, count: places.count), count: count)
    propensities = .init(repeating: .init(repeating: 0, count: places.count), count: count)
    let desk = Desk(
      try ModelFixture.random(seed: seed).model(),
      policy: BanditPolicy(rule, epsilon: shape.epsilon, slot: shape.slot), seed: seed)
    let ids = (0..<count).map { UInt64($0) }
    for id in ids where id % 3 != 1 { desk.arms[id] = Arm(trials: UInt32(3 + 5 * id), rewards: 0.4 * Float(id % 4)) }
    let question = Question(user: 2, ids: ids, callers: ids.map { Float($0 * 5 % 8) / 4 - 2 })
    desk.score(question)
    question.withQuery { query in
      var query = query
      query.limit = shape.limit
      for _ in 0..<calls {
        let ranked = Ranker.rank(
          query, model: desk.model, policy: desk.policy, requestID: 1, scratch: desk.scratch, using: &desk.generator)
        for place in places {
          let (item, propensity) = (Int(ranked.tweetIDs[place]), ranked.propensities[place])
          if counts[item][place] == 0 { propensities[item][place] = propensity }
          if propensities[item][place] != propensity { isConsistent = false }
          counts[item][place] += 1
        }
      }
    }
  }

  /// Pearson's statistic of the counts at a position, over the items that were seen there.
  func statistic(at place: Int) -> Double {
    zip(counts, propensities).reduce(0.0) { sum, item in
      let expected = Double(item.1[place]) * calls
      return expected == 0 ? sum : sum + (item.0[place] - expected) * (item.0[place] - expected) / expected
    }
  }

  /// What the propensities at a position add up to: 1 where everything that can come there has come.
  func sum(at place: Int) -> Double { propensities.reduce(0.0) { $0 + Double($1[place]) } }
}
