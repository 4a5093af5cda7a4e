import Ranking

/// Exploration of one slot by counting out every choice.
struct PlainExploration {
  let candidates: Int
  let shown: Int
  /// 1-based, not beyond `shown`.
  let slot: Int
  let epsilon: Double
  /// How likely the rule's own choice is each rank from the slot on.
  let shares: [Double]

  init(candidates: Int, shown: Int, slot: Int, epsilon: Double, shares: [Double] = [1]) {
    self.candidates = candidates
    self.shown = shown
    self.slot = min(slot, shown)
    self.epsilon = epsilon
    self.shares = shares
  }

  /// The probability that the candidate of rank `chosen` is given the slot.
  func probability(ofChoosing chosen: Int) -> Double {
    let own = shares.indices.contains(chosen - slot) ? shares[chosen - slot] : 0
    return (1 - epsilon) * own + epsilon / Double(candidates - slot + 1)
  }

  /// The 1-based greedy ranks that are shown when the candidate of rank `chosen` is given the slot.
  func list(choosing chosen: Int) -> [Int] {
    var ranks = Array(1...candidates)
    ranks.remove(at: chosen - 1)
    ranks.insert(chosen, at: slot - 1)
    return Array(ranks.prefix(shown))
  }

  /// Probabilities [rank - 1][position - 1].
  var table: [[Double]] {
    var table = [[Double]](repeating: [Double](repeating: 0, count: shown), count: candidates)
    func add(_ list: [Int], _ probability: Double) {
      for (place, rank) in list.enumerated() { table[rank - 1][place] += probability }
    }
    for chosen in slot...candidates { add(list(choosing: chosen), probability(ofChoosing: chosen)) }
    return table
  }
}
