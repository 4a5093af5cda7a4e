/// Where one call's ranking departs from the order of the scores, and with which probability each item got its place.
///
/// With N candidates, shown positions 1…K, slot s and M = N − s + 1 equally likely choices (the greedy one among
/// them), an item of greedy rank r stands at position p with probability
///
///     p < s:  1                             (r = p)
///     p = s:  1 − ε + ε/M                   (r = s)      ε/M  (r > s)
///     p > s:  1 − ε + ε·(p − s)/M           (r = p)      ε·(N − p + 1)/M  (r = p − 1)
struct Exploration {
  let epsilon: Double
  /// 1-based.
  let slot: Int
  let candidates: Int

  /// Clamps the policy's slot to the answer's length; `shown` ≥ 1.
  init(policy: BanditPolicy, candidates: Int, shown: Int) {
    epsilon = policy.epsilon
    slot = min(policy.slot, shown)
    self.candidates = candidates
  }

  /// Number of equally likely choices for the slot.
  var choices: Int { candidates - slot + 1 }

  /// The probability of greedy rank `rank` at `position`, both 1-based, by the table above.
  func propensity(rank: Int, position: Int) -> Double {
    let choices = Double(choices)
    if position < slot { return rank == position ? 1 : 0 }
    if position == slot {
      if rank == slot { return 1 - epsilon + epsilon / choices }
      return rank > slot ? epsilon / choices : 0
    }
    if rank == position { return 1 - epsilon + epsilon * Double(position - slot) / choices }
    return rank == position - 1 ? epsilon * Double(candidates - position + 1) / choices : 0
  }
}
