import Ranking

/// ε-greedy exploration of one slot by counting out every choice.
struct PlainExploration {
  let candidates: Int
  let shown: Int
  /// 1-based, not beyond `shown`.
  let slot: Int
  let epsilon: Double

  init(candidates: Int, shown: Int, slot: Int, epsilon: Double) {
    self.candidates = candidates
    self.shown = shown
    self.slot = min(slot, shown)
    self.epsilon = epsilon
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
    add(list(choosing: slot), 1 - epsilon)
    let choices = slot...candidates
    for chosen in choices { add(list(choosing: chosen), epsilon / Double(choices.count)) }
    return table
  }
}
