import Kernels

/// A score's term of LinUCB: what one regression over a few features of all candidates, learned from feedback, makes of
/// the ranker's probability, and a bonus where it has seen little.
///
/// The bound y = θ·x + α·√(x·A⁻¹x) (``ContextualScoring``) is in engagements a trial; the term is ℓ(y) − ℓ(p), where p is
/// the ranker's probability and ℓ the log odds between ``floor`` and 1 − ``floor``, and their tangents beyond: y may be
/// negative or above 1, and a small probability that is a little off must not become an impossible one. Without a single
/// trial every term is 0.
public struct ContextualTerm: Sendable, Equatable {
  /// α, at least 0.
  public var bonus: Float
  /// λ: how many trials the regression begins with; and n₀ of the estimate among the features.
  public var priorTrials: Float
  /// Rewards that count as one engagement; positive.
  public var engagementReward: Float

  /// A term.
  public init(bonus: Float = 0.1, priorTrials: Float = 20, engagementReward: Float = Float(EventType.like.reward)) {
    (self.bonus, self.priorTrials, self.engagementReward) = (bonus, priorTrials, engagementReward)
  }

  func check() throws(BanditError) {
    try PriorTerm(priorTrials: priorTrials, bonus: bonus, engagementReward: engagementReward).check()
  }

  var parameters: String { "bonus=\(bonus),prior=\(priorTrials),unit=\(engagementReward)" }

  /// Where log odds go on as their tangent.
  static let floor: Float = 0.02
  /// y is held within this.
  private static let largestBound: Float = 3

  /// Writes the features, and adds each candidate's term to its score. O(candidates · features²).
  func adjust(_ scratch: RankScratch, _ scoring: ContextualScoring?) {
    writeFeatures(scratch)
    guard let scoring, scoring.hasLearned else { return }
    let (bounds, bases, spare) = (scratch.banditColumn(2), scratch.banditColumn(3), scratch.banditColumn(4))
    let (terms, chances, count) = (scratch.terms(of: .bandit), scratch.contextualFeature(2), scratch.count)
    bound(scratch, scoring, into: bounds)
    bases.update(from: chances, count: count)
    Self.logOdds(bounds, count, spare)
    Self.logOdds(bases, count, spare)
    for i in 0..<count {
      terms[i] = bounds[i] - bases[i]
      scratch.scores[i] += terms[i]
    }
  }

  /// Writes the features of all candidates (``ContextualFeatures``).
  func writeFeatures(_ scratch: RankScratch) {
    let count = scratch.count
    let x = (0..<ContextualFeatures.count).map { scratch.contextualFeature($0) }
    let (trials, odds) = (x[4], x[2])
    for i in 0..<count {
      x[0][i] = 1
      let score = min(32, max(-32, scratch.scores[i]))
      x[1][i] = score / 8
      odds[i] = score
      trials[i] = scratch.armRewards[i].isFinite ? Float(scratch.armTrials[i]) : 0
    }
    Columnwise.exponential(odds, count: count)
    let perEngagement = 1 / engagementReward
    for i in 0..<count {
      x[2][i] = odds[i] / (1 + odds[i])
      let engagements = trials[i] > 0 ? scratch.armRewards[i] * perEngagement : 0
      x[3][i] = max(-4, min(4, (priorTrials * x[2][i] + engagements) / (priorTrials + trials[i])))
    }
    Columnwise.logOfOnePlus(trials, count: count)
    for i in 0..<count { trials[i] *= 0.125 }
    guard scratch.moment != nil else { return }
    for (feature, signal) in [(5, Signal.age), (6, .trendingSixHours), (7, .interests)] {
      let values = scratch.values(signal.rawValue)
      let scale: Float = feature == 7 ? 1 : 0.25
      for i in 0..<count { x[feature][i] = values[i] == values[i] ? values[i] * scale : 0 }
    }
  }

  /// θ·x + α·|L⁻¹x| of each candidate, eight at a time; columns have room up to a multiple of eight.
  private func bound(_ scratch: RankScratch, _ scoring: ContextualScoring, into bounds: UnsafeMutablePointer<Float>) {
    let features = ContextualFeatures.count
    scoring.coefficients.withUnsafeBufferPointer { theta in
      scoring.inverse.withUnsafeBufferPointer { inverse in
        for start in stride(from: 0, to: scratch.count, by: 8) {
          var mean = SIMD8<Float>()
          var squares = SIMD8<Float>()
          var place = 0
          for row in 0..<features {
            var sum = SIMD8<Float>()
            for column in 0...row {
              let x = UnsafeRawPointer(scratch.contextualFeature(column) + start).load(as: SIMD8<Float>.self)
              sum += x * inverse[place]
              if column == row { mean += x * theta[row] }
              place &+= 1
            }
            squares += sum * sum
          }
          let y = mean + squares.squareRoot() * bonus
          let held = y.clamped(
            lowerBound: SIMD8(repeating: -Self.largestBound), upperBound: SIMD8(repeating: Self.largestBound))
          UnsafeMutableRawPointer(bounds + start).storeBytes(of: held, as: SIMD8<Float>.self)
        }
      }
    }
  }

  /// Makes each y into ℓ(y) and a constant.
  private static func logOdds(
    _ column: UnsafeMutablePointer<Float>, _ count: Int, _ beyond: UnsafeMutablePointer<Float>
  ) {
    let slope = 1 / (floor * (1 - floor))
    for i in 0..<count {
      let y = column[i]
      let held = min(1 - floor, max(floor, y))
      // Odds are at least 1/49: as 1 + x with an x that is not negative, they are 64 times as much.
      column[i] = 64 * held / (1 - held) - 1
      beyond[i] = (y - held) * slope
    }
    Columnwise.logOfOnePlus(column, count: count)
    for i in 0..<count { column[i] += beyond[i] }
  }
}
