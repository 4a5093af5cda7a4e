/// With which probability ``Ranker`` would put each candidate at each position of an answer: its draw, counted out
/// instead of drawn.
///
/// For looking at a policy, not for serving: it orders all candidates. Valid until the next use of the scratch. It is
/// the one place outside ``Ranker`` that knows how a policy turns scores into an order.
public struct Placements {
  /// Candidate indices by greedy rank.
  private var order: [UInt32] = []
  /// 1-based greedy rank by candidate index.
  private var ranks: [Int] = []
  private var exploration = Exploration(policy: BanditPolicy(), candidates: 1, shown: 1)
  /// Number of positions.
  public private(set) var shown = 0

  /// Places nobody yet.
  public init() {}

  /// Number of candidates.
  public var candidates: Int { ranks.count }

  /// Orders what `scratch` holds scores of, where ``Ranker`` would be asked to. At most as many positions are looked at
  /// as there are candidates.
  ///
  /// - Complexity: O(candidates · log candidates).
  public mutating func order(
    _ query: RankQuery, model: Model, policy: BanditPolicy, steps: RankSteps = RankSteps(), shown: Int,
    scratch: RankScratch
  ) {
    let count = scratch.count
    self.shown = min(shown, count)
    ranks = .init(repeating: 0, count: count)
    order = []
    guard count > 0, self.shown > 0 else { return }
    if steps.authorPenalty != 0 {
      scratch.authorDiversity.adjust(scratch, query: query, model: model, penalty: steps.authorPenalty)
    }
    scratch.putInOrder(best: count)
    order = Array(UnsafeBufferPointer(start: scratch.order, count: count))
    for (place, candidate) in order.enumerated() { ranks[Int(candidate)] = place + 1 }
    let slot = min(policy.slot, self.shown)
    exploration = Exploration(
      policy: policy, candidates: count, shown: self.shown,
      shares: policy.shares(of: scratch, ranks: slot..<min(count + 1, slot + policy.contenders)))
  }

  /// The probability of candidate `index` at the 1-based `position`, rounded as a reply says it; 0 for what is not
  /// there.
  public func probability(of index: Int, at position: Int) -> Float {
    guard ranks.indices.contains(index), (1...max(1, shown)).contains(position), shown > 0 else { return 0 }
    return Float(exploration.propensity(rank: ranks[index], position: position))
  }

  /// What a value per candidate is on average at a position: Σ probability · value; 0 where there is no such position.
  ///
  /// - Complexity: O(candidates).
  public func mean(of values: [Double], at position: Int) -> Double {
    guard values.count == order.count, (1...max(1, shown)).contains(position), shown > 0 else { return 0 }
    var sum = 0.0
    for (place, candidate) in order.enumerated() {
      let probability = exploration.propensity(rank: place + 1, position: position)
      if probability > 0 { sum += probability * values[Int(candidate)] }
    }
    return sum
  }
}
