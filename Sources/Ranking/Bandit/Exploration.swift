/// Where one call's ranking departs from the order of the scores, and with which probability each item got its place.
///
/// One draw decides which rank is given the slot s; the ranks between s and it move down by one. With N candidates and
/// M = N − s + 1 that may be chosen, rank r ≥ s is chosen with probability
///
///     q(r) = ε/M + (1 − ε)·t(r)
///
/// where t is the rule's own choice: t(s) = 1 for rules that only order, the chance of the greatest draw for those that
/// draw (``SlotShares``). With Q(r) = q(s) + … + q(r), the item of rank r stands at position p with probability
///
///     p < s:  1            (r = p)
///     p = s:  q(r)         (r ≥ s)
///     p > s:  Q(p − 1)     (r = p: one of the ranks before it was chosen)
///             1 − Q(p − 1) (r = p − 1: it was not, nor one before it)
///
/// since rank c in the slot moves ranks s … c − 1 to positions s + 1 … c and leaves the rest. With T the sums of t and
/// p > s, Q(p − 1) = ε·(p − s)/M + (1 − ε)·T(p − 1) and 1 − Q(p − 1) = ε·(N − p + 1)/M + (1 − ε)·(1 − T(p − 1)): no
/// small probability is a difference of large ones.
struct Exploration {
  let epsilon: Double
  /// 1-based.
  let slot: Int
  let candidates: Int
  /// The rule's own choice.
  let shares: SlotShares
  /// ε/M: what an explored call adds to each candidate that may get the slot.
  private let even: Double

  /// Clamps the policy's slot to the answer's length; `shown` ≥ 1.
  init(policy: BanditPolicy, candidates: Int, shown: Int, shares: SlotShares = .first) {
    epsilon = policy.epsilon
    slot = min(policy.slot, shown)
    self.candidates = candidates
    self.shares = shares
    even = epsilon / Double(candidates - slot + 1)
  }

  /// Number of candidates that may get the slot.
  var choices: Int { candidates - slot + 1 }

  /// The rank that gets the slot, from two uniform numbers in [0, 1).
  func rank(drawn: Double, choice: Double) -> Int {
    if drawn < epsilon { return slot + min(Int(choice * Double(choices)), choices - 1) }
    return slot + shares.number(at: choice)
  }

  /// The probability of greedy rank `rank` at `position`, both 1-based, by the table above.
  func propensity(rank: Int, position: Int) -> Double {
    if position < slot { return rank == position ? 1 : 0 }
    if position == slot { return rank < slot ? 0 : even + (1 - epsilon) * shares[rank - slot] }
    let beyond = shares.beyond(position - 1 - slot)
    if rank == position { return even * Double(position - slot) + (1 - epsilon) * (1 - beyond) }
    return rank == position - 1 ? even * Double(candidates - position + 1) + (1 - epsilon) * beyond : 0
  }
}
