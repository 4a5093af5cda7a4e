import Kernels

/// Thompson sampling of one position: each contender's chance of an engagement is drawn from what is believed of it,
/// and the greatest draw gets the slot (Thompson, "On the likelihood that one unknown probability exceeds another",
/// Biometrika 1933). Nothing is drawn but the winner: the chance that a contender's draw is the greatest is computed
/// for each, and is its propensity.
///
/// Scores are those of ``PriorTerm`` without a bonus, and order the rest of the list. Contenders are the best
/// ``contenders`` candidates from the slot on. What is believed of one is Beta with its score's probability p as mean
/// and n₀ + n trials; the arcsine of a proportion's root is nearly normal, with a spread that hardly depends on the
/// proportion: asin √X ~ N(asin √p, 1/(4·(n₀ + n + 1))) (Anscombe, "The transformation of Poisson, binomial and
/// negative-binomial data", Biometrika 1948). The normal's distribution function is taken as 1/(1 + e^−1.702·z), within
/// 0.01 of it.
///
/// Draws are of ``levels`` steps, even from the lowest to the highest that any contender reaches by three of its
/// spreads. With F_k(j) the probability that contender k draws at most step j, and of equal draws the better ranked
/// winning, contender k wins with probability
///
///     Σ_j (F_k(j) − F_k(j − 1)) · Π_{a < k} F_a(j − 1) · Π_{b > k} F_b(j)
///
/// The steps are the policy, not an error of it: the winner is drawn from exactly these numbers.
public struct PosteriorDraw: Sendable, Equatable {
  /// Candidates that may be given the slot: what they cost does not grow with the call's candidates.
  static let contenders = 16
  /// Steps of a draw.
  static let levels = 32
  /// Floats of one contender's row of F: F(−1) = 0 goes before the steps.
  private static let row = levels + 1
  /// Floats of room that a scratch keeps: means and widths, and F.
  static let room = contenders * (2 + row)
  /// Doubles likewise, in which products of so many F do not underflow: of those behind each contender, and before it.
  static let products = contenders * levels + levels

  /// n₀: how many trials the ranker's probability is worth.
  public var priorTrials: Float
  /// Rewards that count as one engagement; positive.
  public var engagementReward: Float

  /// A rule.
  public init(priorTrials: Float = 12, engagementReward: Float = Float(EventType.like.reward)) {
    (self.priorTrials, self.engagementReward) = (priorTrials, engagementReward)
  }

  /// What orders the list.
  var term: PriorTerm { PriorTerm(priorTrials: priorTrials, bonus: 0, engagementReward: engagementReward) }

  var parameters: String {
    "prior=\(priorTrials),unit=\(engagementReward),contenders=\(Self.contenders),levels=\(Self.levels)"
  }

  /// How likely each of these 1-based ranks of `scratch.order` draws the greatest; at most ``contenders``. O(contenders
  /// · levels).
  func shares(of scratch: RankScratch, ranks: Range<Int>) -> SlotShares {
    let count = ranks.count
    guard count > 1 else { return .first }
    distribute(scratch, ranks)
    let weights = UnsafeMutableBufferPointer(start: scratch.bandit.slotWeights, count: count)
    let below = scratch.bandit.slotRoom + 2 * Self.contenders
    let behind = scratch.bandit.slotProducts
    let before = behind + Self.contenders * Self.levels
    // Π_{b > k} F_b(j), from the last contender up.
    (behind + (count - 1) * Self.levels).update(repeating: 1, count: Self.levels)
    for k in (1..<count).reversed() {
      let (products, next, own) = (behind + (k - 1) * Self.levels, behind + k * Self.levels, below + k * Self.row + 1)
      for j in 0..<Self.levels { products[j] = next[j] * Double(own[j]) }
    }
    // Π_{a < k} F_a(j − 1) grows on the way down.
    before.update(repeating: 1, count: Self.levels)
    for k in 0..<count {
      let (own, products) = (below + k * Self.row, behind + k * Self.levels)
      for j in 0..<Self.levels {
        products[j] *= before[j] * Double(own[j + 1] - own[j])
        before[j] *= Double(own[j])
      }
      var sum = 0.0
      for j in 0..<Self.levels { sum += products[j] }
      // The steps of F may lose a last place to rounding.
      weights[k] = max(0, sum)
    }
    let tails = UnsafeMutableBufferPointer(start: scratch.bandit.slotWeights + Self.contenders, count: count)
    return SlotShares(weights: weights, tails: tails)
  }

  /// Writes F of each contender.
  private func distribute(_ scratch: RankScratch, _ ranks: Range<Int>) {
    let (means, widths) = (scratch.bandit.slotRoom, scratch.bandit.slotRoom + Self.contenders)
    let below = scratch.bandit.slotRoom + 2 * Self.contenders
    let count = ranks.count
    var (low, high) = (Float.infinity, -Float.infinity)
    for k in 0..<count {
      let i = Int(scratch.order[ranks.lowerBound - 1 + k])
      let trials = scratch.armRewards[i].isFinite ? Float(scratch.armTrials[i]) : 0
      let p = 1 / (1 + Logarithm.exponential(-min(40, max(-40, scratch.scores[i]))))
      means[k] = Logarithm.arcsine(p.squareRoot())
      widths[k] = 0.5 / (priorTrials + trials + 1).squareRoot()
      low = min(low, means[k] - 3 * widths[k])
      high = max(high, means[k] + 3 * widths[k])
    }
    (low, high) = (max(0, low), min(.pi / 2, high))
    let step = (high - low) / Float(Self.levels)
    for k in 0..<count {
      let (row, scale) = (below + k * Self.row, 1.702 / widths[k])
      // No F below e^−18: what a draw this improbable would do is nothing, and products of sixteen stay numbers.
      for j in 0...Self.levels { row[j] = min(18, (means[k] - low - step * Float(j)) * scale) }
    }
    Columnwise.exponential(below, count: count * Self.row)
    for k in 0..<count {
      let row = below + k * Self.row
      for j in 0...Self.levels { row[j] = 1 / (1 + row[j]) }
      // A draw below the first step counts as in it, one above the last likewise.
      (row[0], row[Self.levels]) = (0, 1)
    }
  }
}
